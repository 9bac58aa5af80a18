//! Joins `app` to iced, the engine and the desktop: carries out wishes, listens to what comes in. Decides nothing.
use super::{
    UiError,
    app::{App, Message, scale},
    feed::{self, Source},
    theme::text,
    wish::{About, Then, Wish},
};
use crate::{
    config::WindowConfig,
    desktop::{
        clipboard::Held,
        notify::{Chosen, Notification, NotificationId, Notifier},
    },
    domain::private::Private,
    engine::api::{Command, EngineHandle},
};
use iced::{
    Event, Size, Subscription, Task, clipboard, event,
    futures::{SinkExt, Stream},
    theme,
    widget::{operation, scrollable::RelativeOffset},
    window,
};
use jiff::{Timestamp, tz::TimeZone};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

/// How long a code stays on the clipboard.
const FORGET: Duration = Duration::from_secs(60);
/// How long an engine may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);
/// The window's size before anybody has chosen one, and its smallest.
const SIZE: Size = Size::new(1100.0, 760.0);
const SMALLEST: Size = Size::new(360.0, 480.0);

/// What happens in the window's process.
#[derive(Clone)]
#[allow(clippy::large_enum_variant)] // one at a time, and nearly all are the large one
enum Happened {
    /// Something for the app.
    App(Message),
    /// The desktop has a notification server.
    Notifier(Notifier),
}

struct Shell {
    app: App,
    source: Source,
    notifier: Option<Notifier>,
    /// A code that is on the clipboard as a secret.
    held: Option<Held>,
}

/// Opens the window and runs it until it is closed or the engine ends.
pub(super) fn run(engine: EngineHandle, window: &WindowConfig) -> Result<(), UiError> {
    let scale = scale(window);
    let size = window.size.map_or(SIZE, |(width, height)| Size::new(f32::from(width), f32::from(height)));
    // iced multiplies what it is given by the text size
    let logical =
        |size: Size| Size::new(size.width.max(SMALLEST.width) / scale, size.height.max(SMALLEST.height) / scale);
    let settings = window::Settings {
        size: logical(size),
        min_size: Some(logical(SMALLEST)),
        exit_on_close_request: false,
        platform_specific: window::settings::PlatformSpecific {
            application_id: "org.landline.Landline".to_owned(),
            ..Default::default()
        },
        ..Default::default()
    };
    let source = Source { engine, meters: Arc::default() };
    let window = window.clone();
    let boot = move || {
        let app = App::new(window.clone(), TimeZone::system(), Timestamp::now());
        (Shell { app, source: source.clone(), notifier: None, held: None }, iced::system::theme().map(dark))
    };
    let mut program = iced::application(boot, Shell::update, Shell::view)
        .title(|shell: &Shell| shell.app.title())
        .theme(|shell: &Shell| shell.app.palette().iced())
        .scale_factor(|shell: &Shell| shell.app.scale())
        .subscription(Shell::subscription)
        .default_font(text::SANS)
        .window(settings);
    for font in text::fonts() {
        program = program.font(font);
    }
    program.run().map_err(|error| {
        tracing::error!(%error, "the window does not open");
        UiError::Window
    })
}

fn dark(mode: theme::Mode) -> Happened {
    Happened::App(Message::Dark(mode == theme::Mode::Dark))
}

impl Shell {
    fn update(&mut self, happened: Happened) -> Task<Happened> {
        let message = match happened {
            Happened::App(message) => message,
            Happened::Notifier(notifier) => {
                self.notifier = Some(notifier);
                return Task::none();
            }
        };
        let wishes = self.app.update(message, Timestamp::now());
        self.source.meters.store(self.app.metering(), Ordering::Relaxed);
        Task::batch(wishes.into_iter().map(|wish| self.carry_out(wish)))
    }

    fn view(&self) -> iced::Element<'_, Happened> {
        self.app.view().map(Happened::App)
    }

    fn subscription(&self) -> Subscription<Happened> {
        let clock = self
            .app
            .beat()
            .map(|seconds| iced::time::every(Duration::from_secs(seconds)).map(|_| Happened::App(Message::Tick)));
        Subscription::batch([
            feed::subscription(self.source.clone()).map(|feed| Happened::App(Message::Feed(feed))),
            Subscription::run(notifications),
            iced::system::theme_changes().map(dark),
            event::listen_with(window_event),
            clock.unwrap_or_else(Subscription::none),
        ])
    }

    fn carry_out(&mut self, wish: Wish) -> Task<Happened> {
        match wish {
            Wish::Ask(command, then) => self.ask(command, then),
            Wish::Focus(id) => operation::focus(id),
            Wish::Step { back } => super::widget::focus::step(back),
            Wish::ToEnd => operation::snap_to(super::widget::focus::FROM_THE_END, RelativeOffset::START),
            Wish::Clipboard(text) => self.copy(text),
            Wish::ForgetLater(copied) => Task::future(tokio::time::sleep(FORGET)).then(move |()| {
                let copied = copied.clone();
                clipboard::read().map(move |holds| {
                    Happened::App(Message::Clipboard { copied: copied.clone(), holds: Private::new(holds) })
                })
            }),
            Wish::Notify(notification, about) => self.notify(notification, about),
            Wish::CloseNotification(id) => self.close_notification(id),
            Wish::Attention => window::latest()
                .and_then(|id| window::request_user_attention(id, Some(window::UserAttention::Informational))),
            Wish::Show => window::latest().and_then(|id| window::minimize(id, false).chain(window::gain_focus(id))),
            Wish::Close => iced::exit(),
            // the app keeps these to itself
            Wish::Go(_) | Wish::Open(_) | Wish::Back | Wish::Copy(..) => Task::none(),
        }
    }

    /// Marked as a secret where that can be done. An empty text takes away what is there.
    fn copy(&mut self, text: Private<String>) -> Task<Happened> {
        let held = self.held.take();
        if text.expose().is_empty() && held.is_some() {
            return Task::none();
        }
        match Held::hold(text.clone()) {
            Ok(held) => {
                self.held = Some(held);
                Task::none()
            }
            Err(error) => {
                tracing::debug!(%error, "a code is copied unmarked");
                clipboard::write(text.into_inner())
            }
        }
    }

    fn ask(&self, command: Command, then: Then) -> Task<Happened> {
        let engine = self.source.engine.clone();
        let ending = matches!(then, Then::Quit);
        let answer = async move {
            if ending {
                return tokio::time::timeout(GOODBYE, engine.ask(command))
                    .await
                    .unwrap_or(Err(crate::engine::api::Refusal::Stopping));
            }
            engine.ask(command).await
        };
        Task::perform(answer, move |answer| Happened::App(Message::Answer(then.clone(), answer)))
    }

    fn notify(&self, notification: Notification, about: About) -> Task<Happened> {
        let Some(notifier) = self.notifier.clone() else {
            return Task::none();
        };
        let shown = async move { notifier.notify(notification).await };
        Task::perform(shown, move |id| Happened::App(Message::Notified(about, id)))
    }

    fn close_notification(&self, id: NotificationId) -> Task<Happened> {
        let Some(notifier) = self.notifier.clone() else {
            return Task::none();
        };
        Task::future(async move { notifier.close(id).await }).discard()
    }
}

/// What of the window's own events matters.
fn window_event(event: Event, _: event::Status, _: window::Id) -> Option<Happened> {
    let Event::Window(event) = event else { return None };
    let message = match event {
        window::Event::Opened { size, .. } | window::Event::Resized(size) => Message::Resized(size),
        window::Event::Focused => Message::Focused(true),
        window::Event::Unfocused => Message::Focused(false),
        window::Event::CloseRequested => Message::Close,
        _ => return None,
    };
    Some(Happened::App(message))
}

/// The desktop's notification server, and the buttons pressed on it; nothing where there is none.
fn notifications() -> impl Stream<Item = Happened> {
    iced::stream::channel(4, async |mut window| {
        let Some((notifier, mut choices)) = Notifier::connect().await else { return };
        if window.send(Happened::Notifier(notifier)).await.is_err() {
            return;
        }
        while let Some(chosen) = choices.recv().await {
            let chosen: Chosen = chosen;
            if window.send(Happened::App(Message::Chosen(chosen))).await.is_err() {
                return;
            }
        }
    })
}
