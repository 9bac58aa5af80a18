//! Runs the engine in this process, with the window or with lines on standard output, and serves the private socket beside it.
//! SIGTERM, SIGINT and SIGHUP end it politely: accounts log out first.
use super::{
    ask,
    client::Client,
    events,
    fault::Fault,
    instance::Claim,
    log,
    print::{self, Printer},
    server,
};
use crate::{
    config::{Config, Home},
    engine::{
        self, Setup,
        api::{Command, EngineHandle, Event},
    },
    secrets::{Secrets, State},
    store::{self, Kind},
    ui::{self, Opening},
};
use std::{
    os::unix::net::UnixListener,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};
use tokio::{
    runtime::{Builder, Runtime},
    signal::unix::{SignalKind, signal},
    sync::broadcast::{self, error::RecvError},
};

/// Polite ends are done by then; after it the process goes as it is.
const GOODBYE: Duration = Duration::from_secs(5);
/// As long as another instance may take to start or to end.
const PATIENCE: Duration = Duration::from_secs(15);
const AGAIN: Duration = Duration::from_millis(20);

/// What the person sees of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    /// The window.
    Window,
    /// Lines on standard output.
    Lines,
}

/// What is to be run.
pub(super) struct Start<'a> {
    pub(super) home: &'a Home,
    pub(super) printer: Printer<'a>,
    pub(super) face: Face,
    /// With the embedded exchange.
    pub(super) demo: bool,
    /// The home is the demo's own: what an earlier demo left is taken away.
    pub(super) forget: bool,
    /// How the window comes up.
    pub(super) opening: Opening,
}

/// A runtime of one thread.
pub(super) fn runtime() -> Result<Runtime, Fault> {
    Builder::new_current_thread().enable_all().build().map_err(|_| Fault::System)
}

/// Whether a window can be shown.
pub(super) fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Runs until it is told to quit.
pub(super) fn run(start: Start<'_>) -> Result<(), Fault> {
    let runtime = runtime()?;
    let Some(claim) = runtime.block_on(claim(&start))? else { return Ok(()) };
    if start.forget {
        forget(start.home);
    }
    log::start(start.home);
    let config = Config::load(start.home)?;
    let secrets = runtime.block_on(secrets(&start))?;
    let window = config.window.clone();
    let language = start.printer.words.language().code().to_owned();
    let setup = Setup {
        home: start.home.clone(),
        config,
        secrets,
        demo: start.demo,
        window: start.face == Face::Window,
        language,
    };
    let (engine, events) = engine::start(setup)?;
    let listener = claim.listen()?;
    let keeper = keep(claim, listener, engine.clone(), start.face == Face::Window).map_err(|_| Fault::System)?;
    let result = match start.face {
        Face::Window => {
            drop(events);
            ui::run(engine.clone(), &window, start.opening.clone()).map_err(|error| {
                tracing::error!(%error, "the window does not open");
                Fault::Window
            })
        }
        Face::Lines => runtime.block_on(lines(&start, &engine, events)),
    };
    // a window that was closed has not told the engine; one that was told already only answers that it is stopping
    let _ = runtime.block_on(engine.ask(Command::Quit));
    let kept = keeper.join().map_err(|_| Fault::EndedBadly);
    result.and(kept)
}

/// The right to run here; `None`: another instance runs, and shows its window now.
async fn claim(start: &Start<'_>) -> Result<Option<Claim>, Fault> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(claim) = Claim::take(start.home)? {
            return Ok(Some(claim));
        }
        match Client::connect(start.home).await? {
            Some(_) if start.face == Face::Lines => return Err(Fault::RunsAlready),
            Some(mut client) => {
                let said = match (&start.opening.link, start.opening.minimized) {
                    (Some(link), _) => client.ask(Command::OpenLink { link: link.clone() }).await.map(drop),
                    // it runs, and nobody asked to see it
                    (None, true) => return Ok(None),
                    (None, false) => client.ask(Command::ShowWindow).await.map(drop),
                };
                said?;
                print::say(&start.printer.words.text("cli-window-shown"))?;
                return Ok(None);
            }
            None if Instant::now() >= end => return Err(Fault::Busy),
            None => tokio::time::sleep(AGAIN).await,
        }
    }
}

/// Opens the passwords. The window asks for the passphrase itself; lines cannot, so it is asked for here.
async fn secrets(start: &Start<'_>) -> Result<Secrets, Fault> {
    let secrets = Secrets::open(start.home, ask::passphrase()).await;
    if start.face == Face::Lines && secrets.state().await == State::Locked {
        ask::unlock(&secrets, start.printer.words).await?;
    }
    if start.face == Face::Lines && store::kind(&start.home.database())? == Kind::Sealed {
        // a lost key is asked for here; the engine finds it where it is kept then
        ask::store_key(&secrets, true, start.printer.words).await?;
    }
    Ok(secrets)
}

/// Takes away what an earlier demo kept, so that no old code is taken for a new one.
fn forget(home: &Home) {
    // a folder that is not there is what is wanted; one that cannot be removed shows its old texts, no more
    let _ = std::fs::remove_dir_all(&home.data);
    let _ = home.create();
}

/// Serves the socket and heeds signals on a thread of its own until the engine has ended.
fn keep(
    claim: Claim,
    listener: UnixListener,
    engine: EngineHandle,
    window: bool,
) -> Result<JoinHandle<()>, std::io::Error> {
    let work = move || {
        let served = runtime().and_then(|runtime| {
            runtime.block_on(async {
                let listener = tokio::net::UnixListener::from_std(listener).map_err(|_| Fault::System)?;
                tokio::select! {
                    () = server::serve(listener, engine.clone(), window) => {}
                    () = heed_signals(&engine) => {}
                }
                Ok(())
            })
        });
        if served.is_err() {
            tracing::error!("the private socket is not served");
        }
        claim.silence();
    };
    thread::Builder::new().name("socket".into()).spawn(work)
}

/// Passes the wish to end on; a second one, or an engine that does not end, ends the process.
async fn heed_signals(engine: &EngineHandle) {
    let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
    let [Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)] = kinds.map(signal) else {
        tracing::error!("signals cannot be heeded");
        return std::future::pending().await;
    };
    let mut wish = async || {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
    };
    wish().await;
    tracing::info!("asked to end");
    let end = async {
        let _ = engine.ask(Command::Quit).await;
        tokio::time::sleep(GOODBYE).await;
    };
    tokio::select! {
        () = end => tracing::error!("the engine does not end in time"),
        () = wish() => {}
    }
    std::process::exit(1);
}

/// Prints events until the engine has ended.
async fn lines(start: &Start<'_>, engine: &EngineHandle, mut events: broadcast::Receiver<Event>) -> Result<(), Fault> {
    let Printer { words, json } = start.printer;
    if !json {
        print::say(&words.text(if start.demo { "cli-demo-console" } else { "cli-started" }))?;
        if start.demo {
            print::say(&words.text("cli-started"))?;
        }
    }
    let (mut last, mut verdict) = (String::new(), None);
    loop {
        let event = tokio::select! {
            biased;
            event = events.recv() => event,
            () = engine.ended() => return Err(Fault::EndedBadly),
        };
        match event {
            Ok(event) => {
                let quit = matches!(event, Event::Quit);
                // people are not told the same twice; scripts get every event
                if let Event::Quality { call, quality, .. } = &event {
                    let now = Some((*call, quality.verdict));
                    if std::mem::replace(&mut verdict, now) == now && !json {
                        continue;
                    }
                }
                if let Some(line) = events::line(&event, words, json).filter(|line| json || *line != last) {
                    print::say(&line)?;
                    last = line;
                }
                if quit {
                    return Ok(());
                }
            }
            Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "standard output is too slow for the events"),
            Err(RecvError::Closed) => return Err(Fault::EndedBadly),
        }
    }
}
