//! Joins the rooms: accounts, store, media, audio and net meet here, and nowhere else.
//! It decides nothing that logic/ could decide. One task owns all state; the window and the command line talk to it
//! through [`api`].
use crate::{
    config::{Config, Home},
    demo::Exchange,
    secrets::Secrets,
    store::{self, Kind, Store},
};
use std::thread;
use tokio::sync::{broadcast, mpsc};

mod accounts;
pub mod api;
mod cable;
mod calls;
mod changes;
mod codes;
mod commands;
mod conference;
mod deeds;
mod event;
pub mod export;
mod files;
mod handle;
mod keep;
mod mailbox;
mod missed;
mod path;
mod recording;
mod refusal;
mod reply;
mod rules;
mod run;
mod saving;
mod snapshot;
mod sound;
mod texts;
mod transfer;

use api::EngineHandle;
pub use keep::{adopt, aside};

/// Events that a slow listener may be behind by; beyond that it asks for a snapshot.
const EVENTS: usize = 1024;
/// Requests that may wait.
const REQUESTS: usize = 64;

/// What the engine is started with.
#[derive(Debug)]
pub struct Setup {
    /// Folders.
    pub home: Home,
    /// The configuration as read.
    pub config: Config,
    /// Passwords.
    pub secrets: Secrets,
    /// Start the embedded exchange and log in to it.
    pub demo: bool,
    /// A window shows what is wrong with the store; else that is a [`StartError`].
    pub window: bool,
    /// Language of the demo's people: `en` or `es`.
    pub language: String,
}

/// Why the engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be opened.
    #[error("the store cannot be opened: {0:?}")]
    Store(api::StoreState),
    /// No thread or runtime.
    #[error("the system gives no thread")]
    System,
    /// The demo exchange does not start.
    #[error("the demo exchange does not start")]
    Demo,
}

/// Starts the engine on a runtime of its own, in a background thread. With a window it returns at once, for a keyring may ask
/// the person before it gives the store's key; else when the store is open, or waits for a passphrase.
/// It ends with [`api::Command::Quit`]. The receiver has every event from the first on: accounts start at once.
pub fn start(setup: Setup) -> Result<(EngineHandle, broadcast::Receiver<api::Event>), StartError> {
    // a demo without an account of the person's leaves nothing behind
    let nothing_yet = matches!(store::kind(&setup.home.database()), Ok(Kind::Nothing));
    let in_memory = setup.demo && setup.config.accounts.is_empty() && nothing_yet;
    let store = if in_memory { Store::in_memory() } else { Store::closed() };
    let store = store.map_err(|_| StartError::System)?;
    let (requests, queue) = mpsc::channel(REQUESTS);
    let (events, first) = broadcast::channel(EVENTS);
    let handle = EngineHandle::new(requests, events.clone());
    let (ready, started) = std::sync::mpsc::channel();
    let main = move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("engine")
            .enable_all()
            .build()
            .map_err(|_| StartError::System);
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => {
                let _ = ready.send(Err(error));
                return;
            }
        };
        runtime.block_on(async {
            let exchange = if setup.demo {
                match Exchange::start(&setup.language).await {
                    Ok(exchange) => Some(exchange),
                    Err(error) => {
                        tracing::error!(%error, "the demo exchange does not start");
                        let _ = ready.send(Err(StartError::Demo));
                        return;
                    }
                }
            } else {
                None
            };
            let window = setup.window;
            if window {
                let _ = ready.send(Ok(()));
            }
            let mut engine = run::Engine::new(setup, store, in_memory, events, exchange);
            engine.begin().await;
            if !window {
                let fault = engine.store_fault();
                let failed = fault.is_some();
                let _ = ready.send(fault.map_or(Ok(()), |state| Err(StartError::Store(state))));
                if failed {
                    return;
                }
            }
            engine.run(queue).await;
        });
        runtime.shutdown_timeout(std::time::Duration::from_millis(500));
    };
    thread::Builder::new().name("engine".into()).spawn(main).map_err(|_| StartError::System)?;
    started.recv().map_err(|_| StartError::System)??;
    Ok((handle, first))
}
