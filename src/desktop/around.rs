//! What a call does to the desktop around it, whether the window is there or not: the computer stays awake, and players
//! pause. Between calls it holds no connection and costs nothing.
use super::{awake, bus, players};
use crate::words::{Language, Words};
use tokio::sync::watch;

/// What there is to do now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Now {
    /// One talks, or is about to.
    pub calling: bool,
    /// Players are to pause then.
    pub pause_players: bool,
}

/// The desktop around calls. Its task ends with it.
#[derive(Debug)]
pub struct Around {
    now: watch::Sender<Now>,
}

impl Around {
    /// Stands by; reasons are given in this language. Must be called within a tokio runtime.
    pub fn start(language: &str) -> Self {
        let (now, changes) = watch::channel(Now::default());
        let words = Words::new(Language::parse(language).unwrap_or_else(Language::from_env));
        tokio::spawn(follow(changes, words.text("call-active")));
        Self { now }
    }

    /// Tells what there is to do now.
    pub fn set(&self, now: Now) {
        self.now.send_if_modified(|known| std::mem::replace(known, now) != now);
    }
}

async fn follow(mut changes: watch::Receiver<Now>, why: String) {
    while let Ok(now) = changes.wait_for(|now| now.calling).await.map(|now| *now) {
        let session = bus::session().await;
        let paused = match &session {
            Some(session) if now.pause_players => players::pause(session).await,
            _ => Vec::new(),
        };
        let awake = awake::hold(session.as_ref(), &why).await;
        // when the engine ends in a call the players go on, too
        let _ = changes.wait_for(|now| !now.calling).await;
        drop(awake);
        if let Some(session) = session {
            players::resume(&session, paused).await;
            let _ = session.close().await;
        }
    }
}
