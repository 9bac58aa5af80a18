//! The private socket under friendly and hostile clients, with an engine that answers by hand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::{
    cli::{client::Client, fault::Fault, instance::Claim},
    config::Home,
    domain::account::AccountId,
    engine::api::{Refusal, Request as Asked},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::mpsc,
};

struct Scene {
    home: Home,
    events: broadcast::Sender<Event>,
    _dir: tempfile::TempDir,
    _claim: Claim,
    _tasks: JoinSet<()>,
}

/// An engine that refuses calls and is done with all else; every `Calls` is told as an event before its reply.
fn scene() -> Scene {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::in_dir(dir.path());
    let claim = Claim::take(&home).unwrap().unwrap();
    let listener = UnixListener::from_std(claim.listen().unwrap()).unwrap();
    let (requests, mut queue) = mpsc::channel::<Asked>(8);
    let (events, _) = broadcast::channel(16);
    let handle = EngineHandle::new(requests, events.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(serve(listener, handle, false));
    let tell = events.clone();
    tasks.spawn(async move {
        while let Some(request) = queue.recv().await {
            let reply = match request.command {
                Command::Call { .. } => Err(Refusal::NoAccount),
                Command::Calls => {
                    let _ = tell.send(event("told first"));
                    Ok(Reply::Calls(Vec::new()))
                }
                _ => Ok(Reply::Done),
            };
            let _ = request.reply.send(reply);
        }
    });
    Scene { home, events, _dir: dir, _claim: claim, _tasks: tasks }
}

fn event(name: &str) -> Event {
    Event::AccountRemoved { account: AccountId(name.into()) }
}

async fn client(scene: &Scene) -> Client {
    Client::connect(&scene.home).await.unwrap().unwrap()
}

#[tokio::test]
async fn replies_refusals_and_no_window() {
    let scene = scene();
    let mut client = client(&scene).await;
    assert!(matches!(client.ask(Command::Contacts).await, Ok(Reply::Done)));
    let call = Command::Call { to: "x".into(), account: None };
    assert!(matches!(client.ask(call).await, Err(Fault::Refused(Refusal::NoAccount))));
    assert!(matches!(client.ask(Command::ShowWindow).await, Err(Fault::RunsHeadless)));
}

#[tokio::test]
async fn the_reply_comes_before_the_events_it_led_to() {
    let scene = scene();
    let mut client = client(&scene).await;
    client.subscribe().await.unwrap();
    assert!(matches!(client.ask(Command::Calls).await, Ok(Reply::Calls(_))));
    assert!(matches!(client.event().await, Ok(Event::AccountRemoved { account }) if account.0 == "told first"));
    scene.events.send(event("later")).unwrap();
    assert!(matches!(client.event().await, Ok(Event::AccountRemoved { account }) if account.0 == "later"));
}

#[tokio::test]
async fn nonsense_and_endless_lines_harm_nobody() {
    let scene = scene();
    let mut raw = UnixStream::connect(scene.home.socket()).await.unwrap();
    raw.write_all(b"what?\n\xff\xfe\n").await.unwrap();
    let mut answer = vec![0; 4096];
    let count = raw.read(&mut answer).await.unwrap();
    assert!(String::from_utf8_lossy(&answer[..count]).contains("not_understood"));
    let mut endless = UnixStream::connect(scene.home.socket()).await.unwrap();
    // the server may leave before all is written
    let _ = endless.write_all(&vec![b'x'; REQUEST_MAX + 4096]).await;
    let count = endless.read(&mut answer).await.unwrap();
    assert!(String::from_utf8_lossy(&answer[..count]).contains("too_long"));
    assert!(!matches!(endless.read(&mut answer).await, Ok(1..)), "such a client is left");
    assert!(matches!(client(&scene).await.ask(Command::Contacts).await, Ok(Reply::Done)));
}

#[tokio::test]
async fn more_clients_than_places_wait_for_their_turn() {
    let scene = scene();
    let mut all = Vec::new();
    for _ in 0..CLIENTS {
        let mut one = client(&scene).await;
        assert!(matches!(one.ask(Command::Contacts).await, Ok(Reply::Done)));
        all.push(one);
    }
    let mut late = client(&scene).await;
    let asked = tokio::spawn(async move { late.ask(Command::Contacts).await.is_ok() });
    tokio::task::yield_now().await;
    assert!(!asked.is_finished());
    all.pop();
    assert!(asked.await.unwrap());
}

#[tokio::test]
async fn a_slow_listener_is_told_that_it_missed_something() {
    let scene = scene();
    let mut client = client(&scene).await;
    client.subscribe().await.unwrap();
    for _ in 0..40 {
        // no yield in between: the server's task has no chance to pass them on
        scene.events.send(event("many")).unwrap();
    }
    assert!(matches!(client.event().await, Err(Fault::Lagged)));
}
