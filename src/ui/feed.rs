//! The engine's events on their way to the window: a snapshot first, then bursts as one message each.
//! The window redraws on every message, so events are gathered and levels are dropped while no meter is shown.
use crate::engine::api::{Command, EngineHandle, Event, Refusal, Reply, Snapshot};
use iced::{
    Subscription,
    futures::{SinkExt, Stream},
};
use std::{
    hash::{Hash, Hasher},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{sync::broadcast::error::RecvError, time::Instant};

/// Between two messages to the window.
const GAP: Duration = Duration::from_millis(30);
/// Between two levels: 10 a second.
const METER: Duration = Duration::from_millis(100);
/// Events in one message at the most.
const BURST: usize = 256;

/// What comes in.
#[derive(Debug, Clone)]
pub enum Feed {
    /// All there is: at the start, and after the window fell behind.
    Snapshot(Box<Snapshot>),
    /// What happened since, in order.
    Events(Vec<Event>),
    /// The engine cannot say what there is.
    Refused(Refusal),
}

/// Where events come from; one a window.
#[derive(Debug, Clone)]
pub struct Source {
    /// The engine.
    pub engine: EngineHandle,
    /// A meter is on the screen.
    pub meters: Arc<AtomicBool>,
}

impl Hash for Source {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // there is one feed as long as the window lives
        "feed".hash(state);
    }
}

/// The subscription.
pub fn subscription(source: Source) -> Subscription<Feed> {
    Subscription::run_with(source, stream)
}

fn stream(source: &Source) -> impl Stream<Item = Feed> + use<> {
    let Source { engine, meters } = source.clone();
    iced::stream::channel(4, async move |mut window| {
        loop {
            // listening comes first: what happens meanwhile is told twice rather than never
            let mut events = engine.events();
            let all = match engine.ask(Command::Snapshot).await {
                Ok(Reply::Snapshot(all)) => Feed::Snapshot(all),
                Ok(_) => return,
                Err(refusal) => Feed::Refused(refusal),
            };
            if window.send(all).await.is_err() {
                return;
            }
            let mut metered = None;
            loop {
                let mut burst = match events.recv().await {
                    Ok(event) => vec![event],
                    Err(RecvError::Lagged(_)) => break,
                    Err(RecvError::Closed) => return,
                };
                while burst.len() < BURST
                    && let Ok(event) = events.try_recv()
                {
                    burst.push(event);
                }
                // another store: everything that was told so far is of the old one
                let all_new = burst.iter().any(|event| matches!(event, Event::Store { .. }));
                let wanted = meters.load(Ordering::Relaxed);
                let due = metered.is_none_or(|at: Instant| at.elapsed() >= METER);
                thin(&mut burst, wanted && due);
                if burst.is_empty() {
                    continue;
                }
                if burst.iter().any(|event| matches!(event, Event::Levels { .. })) {
                    metered = Some(Instant::now());
                }
                if window.send(Feed::Events(burst)).await.is_err() {
                    return;
                }
                if all_new {
                    break;
                }
                tokio::time::sleep(GAP).await;
            }
        }
    })
}

/// Keeps the newest levels only, or none.
fn thin(burst: &mut Vec<Event>, levels: bool) {
    let newest = burst.iter().rposition(|event| matches!(event, Event::Levels { .. }));
    let mut at = 0;
    burst.retain(|event| {
        let keep = !matches!(event, Event::Levels { .. }) || (levels && Some(at) == newest);
        at += 1;
        keep
    });
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::engine::api::Request;
    use iced::futures::StreamExt;
    use tokio::sync::{broadcast, mpsc};

    const fn level(input: f32) -> Event {
        Event::Levels { input, output: 0.0 }
    }

    #[test]
    fn only_the_newest_level_is_kept() {
        let mut burst = vec![level(0.1), Event::ShowWindow, level(0.3), Event::Quit];
        thin(&mut burst, true);
        assert!(
            matches!(burst.as_slice(), [Event::ShowWindow, Event::Levels { input, .. }, Event::Quit] if *input > 0.2)
        );
        thin(&mut burst, false);
        assert_eq!(burst.len(), 2);
    }

    /// An engine that answers snapshots.
    fn engine(events: &broadcast::Sender<Event>) -> EngineHandle {
        let (requests, mut queue) = mpsc::channel::<Request>(4);
        tokio::spawn(async move {
            while let Some(request) = queue.recv().await {
                let _ = request.reply.send(Ok(Reply::Snapshot(Box::default())));
            }
        });
        EngineHandle::new(requests, events.clone())
    }

    #[tokio::test]
    async fn a_snapshot_comes_first_then_bursts_and_another_snapshot_after_falling_behind() {
        let (events, _) = broadcast::channel(4);
        let source = Source { engine: engine(&events), meters: Arc::default() };
        let mut feed = Box::pin(stream(&source));
        assert!(matches!(feed.next().await, Some(Feed::Snapshot(_))));
        for _ in 0..3 {
            events.send(Event::ShowWindow).unwrap();
        }
        events.send(level(0.5)).unwrap();
        assert!(matches!(feed.next().await, Some(Feed::Events(burst)) if burst.len() == 3));
        for _ in 0..9 {
            events.send(Event::ShowWindow).unwrap();
        }
        // more than the channel holds: what was lost is made good by a snapshot
        loop {
            match feed.next().await {
                Some(Feed::Snapshot(_)) => break,
                Some(Feed::Events(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}
