//! Which of the texts that wait may be sent now. A text is in flight once at a time; one that may be tried again
//! waits for the next log-in, or longer each time. Order within a conversation is the order of writing; but a file that is
//! still to be uploaded holds back only the files after it: words must not wait for a picture.
use crate::domain::message::{Message, MessageId};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// The first pause after a refusal that may pass.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
/// The pause of one that the account had no room for.
const MOMENT: Duration = Duration::from_millis(200);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

#[derive(Debug, Clone, Copy)]
enum Attempt {
    InFlight { count: u32 },
    Waits { until: Instant, count: u32 },
}

/// What one account's outbox knows beyond the store: forgotten on purpose when the program ends.
#[derive(Debug, Default)]
pub struct Outbox {
    attempts: HashMap<MessageId, Attempt>,
}

impl Outbox {
    /// The account is registered anew: whatever was in flight may have been lost on the way, so all may go again.
    /// Ids on the wire tell the other side that it is the same text.
    pub fn registered(&mut self) {
        self.attempts.clear();
    }
    /// Which of the queued texts (oldest first) go now; they are in flight from here on. A text waits while an older
    /// one of its conversation does, and a file while an older one there is not uploaded.
    pub fn due(&mut self, queued: &[Message], now: Instant) -> Vec<Message> {
        let (mut blocked, mut uploading) = (Vec::new(), Vec::new());
        let mut go = Vec::new();
        for message in queued {
            let upload = message.extras.attachments.iter().any(|file| file.url.is_none());
            let held = blocked.contains(&message.conversation) || upload && uploading.contains(&message.conversation);
            if upload {
                uploading.push(message.conversation);
            }
            match self.attempts.get(&message.id) {
                Some(Attempt::InFlight { .. }) => continue,
                Some(Attempt::Waits { until, .. }) if *until > now => {
                    if !upload {
                        blocked.push(message.conversation);
                    }
                    continue;
                }
                _ if held => continue,
                _ => {}
            }
            let count = self.count(message.id);
            self.attempts.insert(message.id, Attempt::InFlight { count });
            go.push(message.clone());
        }
        go
    }
    /// A text was taken or refused for good.
    pub fn settled(&mut self, id: MessageId) {
        self.attempts.remove(&id);
    }
    /// A text was refused for now.
    pub fn refused_for_now(&mut self, id: MessageId, now: Instant) {
        let count = self.count(id) + 1;
        let pause = FIRST_PAUSE.saturating_mul(1 << (count - 1).min(10)).min(LONGEST_PAUSE);
        self.attempts.insert(id, Attempt::Waits { until: now + pause, count });
    }
    /// The account did not take this text and those after it, because it has enough to do: all go again in a moment, or one that
    /// it takes meanwhile would overtake them.
    pub fn held_up(&mut self, texts: &[Message], now: Instant) {
        for text in texts {
            let count = self.count(text.id);
            self.attempts.insert(text.id, Attempt::Waits { until: now + MOMENT, count });
        }
    }
    /// When [`Self::due`] is to be asked again.
    pub fn next(&self) -> Option<Instant> {
        let waits = self.attempts.values().filter_map(|attempt| match attempt {
            Attempt::Waits { until, .. } => Some(*until),
            Attempt::InFlight { .. } => None,
        });
        waits.min()
    }
    fn count(&self, id: MessageId) -> u32 {
        match self.attempts.get(&id) {
            Some(Attempt::InFlight { count } | Attempt::Waits { count, .. }) => *count,
            None => 0,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::domain::{
        account::AccountId,
        conversation::ConversationId,
        extras::{Attachment, Extras},
        message::{Direction, MessageState},
    };

    fn message(id: i64, conversation: i64) -> Message {
        Message {
            id: MessageId(id),
            conversation: ConversationId(conversation),
            account: AccountId("a".into()),
            peer: "xmpp:b@x".parse().unwrap(),
            sender: None,
            direction: Direction::Outgoing,
            body: "x".into(),
            state: MessageState::Queued,
            failure: None,
            sent_at: jiff::Timestamp::UNIX_EPOCH,
            received_at: jiff::Timestamp::UNIX_EPOCH,
            place: id,
            code: None,
            extras: Default::default(),
        }
    }

    fn ids(messages: &[Message]) -> Vec<i64> {
        messages.iter().map(|m| m.id.0).collect()
    }

    #[test]
    fn once_at_a_time_and_again_after_a_new_login() {
        let (mut outbox, now) = (Outbox::default(), Instant::now());
        let queued = [message(1, 1), message(2, 1)];
        assert_eq!(ids(&outbox.due(&queued, now)), [1, 2]);
        assert!(outbox.due(&queued, now).is_empty());
        outbox.registered();
        assert_eq!(ids(&outbox.due(&queued, now)), [1, 2]);
    }

    #[test]
    fn what_the_account_has_no_room_for_goes_again_in_its_order() {
        let (mut outbox, now) = (Outbox::default(), Instant::now());
        let queued = [message(1, 1), message(2, 1), message(3, 9)];
        let due = outbox.due(&queued, now);
        outbox.held_up(due.get(1..).unwrap(), now);
        assert!(outbox.due(&queued, now).is_empty());
        let soon = outbox.next().unwrap();
        assert_eq!(soon, now + MOMENT);
        assert_eq!(ids(&outbox.due(&queued, soon)), [2, 3]);
        outbox.refused_for_now(MessageId(2), soon);
        assert_eq!(outbox.next().unwrap(), soon + FIRST_PAUSE, "nobody refused it");
    }

    #[test]
    fn a_text_that_waits_holds_back_its_conversation_only() {
        let (mut outbox, now) = (Outbox::default(), Instant::now());
        outbox.due(&[message(1, 1)], now);
        outbox.refused_for_now(MessageId(1), now);
        let queued = [message(1, 1), message(2, 1), message(3, 9)];
        assert_eq!(ids(&outbox.due(&queued, now)), [3]);
        let later = outbox.next().unwrap();
        assert_eq!(later, now + FIRST_PAUSE);
        assert_eq!(ids(&outbox.due(&queued, later)), [1, 2]);
        outbox.refused_for_now(MessageId(1), later);
        assert_eq!(outbox.next().unwrap(), later + FIRST_PAUSE * 2, "longer each time");
    }

    #[test]
    fn a_file_holds_back_the_files_after_it_and_no_words() {
        let (mut outbox, now) = (Outbox::default(), Instant::now());
        let file = |id| Message {
            extras: Extras { attachments: vec![Attachment::default()], ..Extras::default() },
            ..message(id, 1)
        };
        let queued = [file(1), file(2), message(3, 1)];
        assert_eq!(ids(&outbox.due(&queued, now)), [1, 3]);
        outbox.settled(MessageId(3));
        outbox.refused_for_now(MessageId(1), now);
        assert!(outbox.due(&queued[..2], now).is_empty());
        let later = outbox.next().unwrap();
        assert_eq!(ids(&outbox.due(&queued[..2], later)), [1]);
        let mut uploaded = file(1);
        uploaded.extras.attachments[0].url = Some("https://x.example/1".to_owned().into());
        assert_eq!(ids(&outbox.due(&[uploaded, file(2)], later)), [2]);
    }
}
