//! Joins `app` to iced, the engine and the desktop: carries out wishes, listens to what comes in. Decides nothing.
use super::{
    Opening, UiError,
    app::{App, Message, scale},
    desk,
    feed::{self, Source},
    theme::text,
    wish::{About, Then, Wish},
};
use crate::{
    config::WindowConfig,
    desktop::{
        application,
        clipboard::Held,
        entries::Entries,
        notify::{Notification, NotificationId, Notifier},
        tray::Tray,
    },
    domain::private::Private,
    engine::api::{Command, EngineHandle},
};
use iced::{
    Event, Size, Subscription, Task, clipboard, event,
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
/// How long words stand before they are kept.
const KEEP: Duration = Duration::from_secs(2);
/// How long an engine may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);
/// The window's size before anybody has chosen one, and its smallest.
const SIZE: Size = Size::new(1100.0, 760.0);
const SMALLEST: Size = Size::new(360.0, 480.0);

/// What happens in the window's process.
#[derive(Clone)]
#[allow(clippy::large_enum_variant)] // one at a time, and nearly all are the large one
pub(super) enum Happened {
    /// Something for the app.
    App(Message),
    /// The desktop may have a notification server.
    Notifier(Notifier),
    /// The desktop may have a tray.
    Tray(Arc<Tray>),
    /// The window is there.
    Opened,
}

struct Shell {
    app: App,
    source: Source,
    service: bool,
    /// The window, while there is one.
    window: Option<window::Id>,
    /// It is drawn: a control in it can be given the keyboard.
    drawn: bool,
    /// The control that gets the keyboard then.
    focus: Option<&'static str>,
    notifier: Option<Notifier>,
    tray: Option<Arc<Tray>>,
    /// A code that is on the clipboard as a secret.
    held: Option<Held>,
}

/// Opens the window and runs it until the engine ends.
pub(super) fn run(engine: EngineHandle, window: &WindowConfig, opening: Opening) -> Result<(), UiError> {
    let source = Source { engine, meters: Arc::default() };
    let window = window.clone();
    let boot = move || {
        let mut shell = Shell {
            app: App::new(window.clone(), TimeZone::system(), Timestamp::now()),
            source: source.clone(),
            service: opening.service,
            window: None,
            drawn: false,
            focus: None,
            notifier: None,
            tray: None,
            held: None,
        };
        let shown = if opening.minimized { Task::none() } else { shell.show() };
        let link = opening.link.clone().map(|link| Task::done(Happened::App(Message::Activated(Some(link)))));
        (shell, Task::batch([shown].into_iter().chain(link)))
    };
    let mut program = iced::daemon(boot, Shell::update, Shell::view)
        .title(|shell: &Shell, _| shell.app.title())
        .theme(|shell: &Shell, _| shell.app.palette().iced())
        .scale_factor(|shell: &Shell, _| shell.app.scale())
        .subscription(Shell::subscription)
        .default_font(text::SANS);
    for font in text::fonts() {
        program = program.font(font);
    }
    program.run().map_err(|error| {
        tracing::error!(%error, "the window does not open");
        UiError::Window
    })
}

/// How the window is opened.
fn opened(window: &WindowConfig) -> window::Settings {
    let scale = scale(window);
    let size = window.size.map_or(SIZE, |(width, height)| Size::new(f32::from(width), f32::from(height)));
    // iced multiplies what it is given by the text size
    let logical =
        |size: Size| Size::new(size.width.max(SMALLEST.width) / scale, size.height.max(SMALLEST.height) / scale);
    window::Settings {
        size: logical(size),
        min_size: Some(logical(SMALLEST)),
        exit_on_close_request: false,
        platform_specific: window::settings::PlatformSpecific {
            application_id: application::NAME.to_owned(),
            ..Default::default()
        },
        ..Default::default()
    }
}

impl Shell {
    fn update(&mut self, happened: Happened) -> Task<Happened> {
        let message = match happened {
            Happened::App(message) => message,
            Happened::Notifier(notifier) => {
                self.notifier = Some(notifier);
                return Task::none();
            }
            Happened::Opened => {
                self.drawn = true;
                return self.focus.take().map_or_else(Task::none, operation::focus);
            }
            Happened::Tray(tray) => {
                tray.show(self.app.tray());
                self.tray = Some(tray);
                return Task::none();
            }
        };
        let wishes = self.app.update(message, Timestamp::now());
        if let Some(tray) = &self.tray {
            tray.show(self.app.tray());
        }
        self.source.meters.store(self.app.metering(), Ordering::Relaxed);
        Task::batch(wishes.into_iter().map(|wish| self.carry_out(wish)))
    }

    fn view(&self, _: window::Id) -> iced::Element<'_, Happened> {
        self.app.view().map(Happened::App)
    }

    fn subscription(&self) -> Subscription<Happened> {
        let clock = self
            .app
            .beat()
            .map(|seconds| iced::time::every(Duration::from_secs(seconds)).map(|_| Happened::App(Message::Tick)));
        Subscription::batch([
            feed::subscription(self.source.clone()).map(|feed| Happened::App(Message::Feed(feed))),
            Subscription::run_with(self.service, desk::listen),
            event::listen_with(window_event),
            clock.unwrap_or_else(Subscription::none),
        ])
    }

    fn carry_out(&mut self, wish: Wish) -> Task<Happened> {
        match wish {
            Wish::Ask(command, then) => self.ask(command, then),
            Wish::Focus(id) if self.drawn => operation::focus(id),
            Wish::Focus(id) => {
                self.focus = Some(id);
                Task::none()
            }
            Wish::Step { back } => super::widget::focus::step(back),
            Wish::KeepSoon => Task::future(tokio::time::sleep(KEEP))
                .map(|()| Happened::App(Message::Thread(super::screen::thread::Message::Keep))),
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
            Wish::Attention => self.window.map_or_else(Task::none, |id| {
                window::request_user_attention(id, Some(window::UserAttention::Informational))
            }),
            Wish::Standing => self.entries(|_| Ok(())),
            Wish::StartWithSession(yes) => self.entries(|entries| entries.start_with_session(yes)),
            Wish::OpenLinks(yes) => self.entries(|entries| entries.open_links(yes)),
            Wish::Show => self.show(),
            Wish::Appear => {
                if self.window.is_some() {
                    Task::none()
                } else {
                    self.show()
                }
            }
            Wish::Hide => {
                self.drawn = false;
                self.window.take().map_or_else(Task::none, window::close)
            }
            Wish::Quit => iced::exit(),
            // the app keeps these to itself
            Wish::Go(_) | Wish::Open(_) | Wish::Back | Wish::Copy(..) => Task::none(),
        }
    }

    /// Looks what the desktop keeps about the person's own phone, after a change of it.
    fn entries(&self, change: impl FnOnce(&Entries) -> std::io::Result<()>) -> Task<Happened> {
        let Some(entries) = Entries::own().filter(|_| self.service) else { return Task::none() };
        let changed = change(&entries).is_ok();
        Task::done(Happened::App(Message::Standing(entries.standing(), changed)))
    }

    /// Brings the window up: the one there is, or a new one.
    fn show(&mut self) -> Task<Happened> {
        if let Some(id) = self.window {
            return window::minimize(id, false).chain(window::gain_focus(id));
        }
        let (id, open) = window::open(opened(self.app.look()));
        self.window = Some(id);
        open.map(|_| Happened::Opened)
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
            return Task::done(Happened::App(Message::Notified(about, None)));
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
        window::Event::FileDropped(path) => Message::Thread(super::screen::thread::Message::Dropped(path)),
        _ => return None,
    };
    Some(Happened::App(message))
}
