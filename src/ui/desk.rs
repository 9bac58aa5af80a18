//! The desktop's voice in the window: one connection to the session bus for notifications and the name on the bus, the tray.
//! Without a bus nothing comes, and the window works as ever.
use super::{app::Message, shell::Happened};
use crate::desktop::{
    application::{self, Activation},
    bus, look,
    notify::Notifier,
    tray::Tray,
};
use iced::futures::{SinkExt, Stream, StreamExt, channel::mpsc::Sender, stream};
use std::{pin::pin, sync::Arc};
use tokio::sync::mpsc::Receiver;

/// What comes from the desktop. `service`: the person's own phone, which answers to its name.
pub(super) fn listen(service: &bool) -> impl Stream<Item = Happened> + use<> {
    let service = *service;
    iced::stream::channel(16, async move |mut window: Sender<Happened>| {
        let Some(session) = bus::session().await else { return };
        let (notifier, choices) = Notifier::over(session.clone());
        if window.send(Happened::Notifier(notifier)).await.is_err() {
            return;
        }
        let (tray, pressed) = Tray::new();
        if window.send(Happened::Tray(Arc::new(tray))).await.is_err() {
            return;
        }
        let pressed = flow(pressed).map(Message::Tray);
        let chosen = stream::select(flow(choices).map(Message::Chosen), pressed);
        // the name stays as long as its connection does
        let (_named, activated) = if service { application::serve().await } else { None }.unzip();
        let activated = stream::iter(activated).flat_map(flow).map(|wish| {
            Message::Activated(match wish {
                Activation::Show => None,
                Activation::Open(link) => Some(link),
            })
        });
        // a portal may take seconds to start: nothing else waits for it
        let looks = stream::once(async move { look::looks(&session).await });
        let looks = looks.flat_map(|looks| stream::iter(looks).flatten()).map(Message::Look);
        let mut all = pin!(stream::select(stream::select(chosen, activated), looks));
        while let Some(message) = all.next().await {
            if window.send(Happened::App(message)).await.is_err() {
                return;
            }
        }
    })
}

fn flow<T>(receiver: Receiver<T>) -> impl Stream<Item = T> {
    stream::unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|one| (one, receiver)) })
}
