//! A message to somebody new: whom, shown exactly as it will be sent, and the first words.
use super::{
    people,
    thread::{COMPOSER, Composer, composer},
};
use crate::{
    domain::{account::AccountId, private::Private},
    engine::api::{Command, Refusal, Reply},
    ui::{
        context::Context,
        target::Target,
        theme::{space, text},
        widget::{
            button::{self, Kind},
            field,
            icon::Icon,
            notice, pile, scrolled,
        },
        wish::{Field, Then, Wish},
    },
};
use iced::{
    Alignment, Element, Length, Padding,
    widget::{
        Row, column, container,
        text_editor::{Action, Content},
    },
};

/// The control of the address.
pub const TO: &str = "new-to";

/// The form.
#[derive(Default)]
pub struct New {
    /// To whom.
    pub to: Target,
    words: Content,
    accounts_open: bool,
    trouble: Option<Refusal>,
}

/// What the person does.
#[derive(Clone)]
pub enum Message {
    /// Types in the address.
    To(String),
    /// Enter in the address.
    Next,
    /// Takes somebody known.
    Known(people::Known),
    /// Folds the accounts out.
    Accounts,
    /// From this account.
    From(Option<AccountId>),
    /// Edits the words.
    Edit(Action),
    /// Sends them.
    Send,
    /// Not after all.
    Back,
}

impl New {
    /// One step.
    pub fn update(&mut self, message: Message) -> Vec<Wish> {
        match message {
            Message::To(text) => {
                self.trouble = None;
                return people::ask(Field::New, self.to.type_in(text, true));
            }
            Message::Next => return vec![Wish::Focus(COMPOSER)],
            Message::Known(known) => match known.conversation {
                Some(id) => {
                    self.to = Target::default();
                    return vec![Wish::Open(id)];
                }
                None => {
                    let mut wishes = people::take(Field::New, &mut self.to, known, true);
                    wishes.push(Wish::Focus(COMPOSER));
                    return wishes;
                }
            },
            Message::Accounts => self.accounts_open = !self.accounts_open,
            Message::From(account) => {
                self.accounts_open = false;
                return people::ask(Field::New, self.to.choose(account, true));
            }
            Message::Edit(action) => self.words.perform(action),
            Message::Send => return self.send(),
            Message::Back => return vec![Wish::Back],
        }
        Vec::new()
    }

    /// Another program asks for a message to somebody, perhaps with its words; words already written stay.
    pub fn fill(&mut self, to: String, body: Option<&str>) -> Vec<Wish> {
        if let Some(body) = body {
            let written = self.words.text();
            let written = written.trim();
            let both = if written.is_empty() { body.to_owned() } else { format!("{written}\n{body}") };
            self.words = Content::with_text(&both);
        }
        self.trouble = None;
        self.to.account = None;
        people::ask(Field::New, self.to.type_in(to, true))
    }

    fn send(&mut self) -> Vec<Wish> {
        let (words, known) = (self.words.text(), self.to.known());
        let Some((to, account)) = known.filter(|_| !words.trim().is_empty()) else {
            return Vec::new();
        };
        let command = Command::Text {
            to: Private::new(to.uri()),
            body: Private::new(words.trim().to_owned()),
            account: Some(account.clone()),
        };
        vec![Wish::Ask(command, Then::Begun)]
    }

    /// How it went: a text that was taken opens its conversation.
    pub fn begun(&mut self, answer: Result<Reply, Refusal>) -> Vec<Wish> {
        match answer {
            Ok(Reply::Message(message)) => {
                *self = Self::default();
                vec![Wish::Open(message.conversation)]
            }
            Ok(_) => Vec::new(),
            Err(refusal) => {
                self.trouble = Some(refusal);
                Vec::new()
            }
        }
    }
}

/// The pane.
pub fn view<'a>(new: &'a New, cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let back = button::round(
        p,
        Kind::Quiet,
        if cx.narrow() { Icon::Back } else { Icon::Close },
        cx.t("action-back"),
        Message::Back,
    );
    let head = Row::new()
        .push(back)
        .push(text::title(cx.t("new-title")).color(p.text).width(Length::Fill))
        .spacing(space::S)
        .align_y(Alignment::Center);
    let to = field::bare(p, &cx.t("new-to"), &new.to.typed).id(TO).on_input(Message::To).on_submit(Message::Next);
    let form = pile(
        space::S,
        [
            Some(to.into()),
            Some(people::outcome(cx, &new.to, true)),
            people::accounts(cx, &new.to, true, new.accounts_open, Message::Accounts, Message::From),
            new.trouble.map(|refusal| notice::problem(p, cx.t(refusal.key()))),
            people::list(cx, &new.to.typed, true, Message::Known),
        ],
    );
    let ready = new.to.known().is_some().then_some(Message::Send);
    let parts = Composer {
        words: &new.words,
        hint: cx.t("thread-write"),
        word: cx.t("thread-send"),
        send: ready,
        up: None,
        escape: None,
        before: Vec::new(),
    };
    let body = scrolled(
        p,
        container(form).padding(Padding::from([space::S, space::L])).max_width(space::COLUMN).center_x(Length::Fill),
    );
    column![container(head).padding(Padding::from([space::S + 2.0, space::S])), body, composer(p, parts, Message::Edit)]
        .into()
}
