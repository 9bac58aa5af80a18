//! A secret on the clipboard of an X server, marked so that clipboard managers keep no history of it
//! (`x-kde-passwordManagerHint`, which KDE's, GNOME's and other managers honour). The toolkit's own clipboard offers plain
//! text only. Under Wayland there is none of this: a window may write there only through its toolkit. Says nothing of the
//! secret to anybody but who pastes it.
use crate::domain::private::Private;
use std::{sync::Arc, thread};
use tokio::sync::oneshot;
use x11rb::{
    CURRENT_TIME, NONE,
    connection::Connection,
    errors::ReplyOrIdError,
    protocol::{
        Event,
        xproto::{
            Atom, AtomEnum, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, PropMode,
            SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

/// Why a secret cannot be put there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClipboardError {
    /// No X server, or the session is Wayland's.
    #[error("no clipboard that takes secrets")]
    None,
    /// The X server refused or went away.
    #[error("the clipboard cannot be used")]
    Failed,
}

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        CLIPBOARD,
        TARGETS,
        UTF8_STRING,
        TEXT: b"text/plain;charset=utf-8",
        HINT: b"x-kde-passwordManagerHint",
        LEAVE: b"_LANDLINE_LEAVE",
    }
}

/// A secret that is on the clipboard until this is dropped or something else is copied.
#[derive(Debug)]
pub struct Held {
    connection: Arc<RustConnection>,
    window: Window,
    leave: Atom,
    lost: oneshot::Receiver<()>,
    server: Option<thread::JoinHandle<()>>,
}

impl Held {
    /// Puts a secret on the clipboard.
    pub fn hold(secret: Private<String>) -> Result<Self, ClipboardError> {
        if std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty()) {
            return Err(ClipboardError::None);
        }
        let (connection, screen) = RustConnection::connect(None).map_err(|_| ClipboardError::None)?;
        let (window, atoms) = take(&connection, screen).map_err(|_| ClipboardError::Failed)?;
        let owner = connection.get_selection_owner(atoms.CLIPBOARD).map_err(|_| ClipboardError::Failed)?;
        if owner.reply().map_err(|_| ClipboardError::Failed)?.owner != window {
            return Err(ClipboardError::Failed);
        }
        let connection = Arc::new(connection);
        let (gone, lost) = oneshot::channel();
        let ours = Arc::clone(&connection);
        let serve = move || {
            // a server that went away took the clipboard with it
            let _ = serve(&ours, window, atoms, &secret);
            let _ = gone.send(());
        };
        let server = thread::Builder::new().name("clipboard".to_owned()).spawn(serve);
        let server = Some(server.map_err(|_| ClipboardError::Failed)?);
        Ok(Self { connection, window, leave: atoms.LEAVE, lost, server })
    }

    /// Returns when something else was copied.
    pub async fn lost(&mut self) {
        let _ = (&mut self.lost).await;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let leave = ClientMessageEvent::new(32, self.window, self.leave, [0; 5]);
        // without an event mask it goes to who made the window: our own thread
        let sent = self.connection.send_event(false, self.window, EventMask::NO_EVENT, leave);
        let told = sent.is_ok() && self.connection.flush().is_ok();
        if let Some(server) = self.server.take().filter(|_| told) {
            let _ = server.join();
        }
    }
}

/// A window of our own that owns the clipboard.
fn take(connection: &RustConnection, screen: usize) -> Result<(Window, Atoms), ReplyOrIdError> {
    let atoms = Atoms::new(connection)?.reply()?;
    let window = connection.generate_id()?;
    let root = connection.setup().roots.get(screen).map_or(NONE, |screen| screen.root);
    let nothing = CreateWindowAux::new();
    connection.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &nothing)?.check()?;
    connection.set_selection_owner(window, atoms.CLIPBOARD, CURRENT_TIME)?.check()?;
    Ok((window, atoms))
}

/// Answers who pastes, until it is told to leave or something else is copied.
fn serve(
    connection: &RustConnection,
    window: Window,
    atoms: Atoms,
    secret: &Private<String>,
) -> Result<(), ReplyOrIdError> {
    loop {
        match connection.wait_for_event()? {
            Event::SelectionRequest(request) => answer(connection, atoms, secret, &request)?,
            Event::SelectionClear(_) => break,
            Event::ClientMessage(message) if message.type_ == atoms.LEAVE => break,
            _ => {}
        }
    }
    connection.destroy_window(window)?;
    connection.flush()?;
    Ok(())
}

fn answer(
    connection: &RustConnection,
    atoms: Atoms,
    secret: &Private<String>,
    request: &SelectionRequestEvent,
) -> Result<(), ReplyOrIdError> {
    let (requestor, target) = (request.requestor, request.target);
    // ICCCM 2.2: obsolete clients name no property
    let property = if request.property == NONE { target } else { request.property };
    let write =
        |kind: Atom, bytes: &[u8]| connection.change_property8(PropMode::REPLACE, requestor, property, kind, bytes);
    // a requestor that is gone already is no fault of ours
    let written = if target == atoms.TARGETS {
        let all = [atoms.TARGETS, atoms.UTF8_STRING, atoms.TEXT, atoms.HINT];
        connection.change_property32(PropMode::REPLACE, requestor, property, AtomEnum::ATOM, &all)?.check()
    } else if target == atoms.UTF8_STRING || target == atoms.TEXT {
        write(target, secret.expose().as_bytes())?.check()
    } else if target == atoms.HINT {
        write(target, b"secret")?.check()
    } else {
        return notify(connection, request, NONE);
    };
    notify(connection, request, if written.is_ok() { property } else { NONE })
}

fn notify(connection: &RustConnection, request: &SelectionRequestEvent, property: Atom) -> Result<(), ReplyOrIdError> {
    let event = SelectionNotifyEvent {
        response_type: SELECTION_NOTIFY_EVENT,
        sequence: 0,
        time: request.time,
        requestor: request.requestor,
        selection: request.selection,
        target: request.target,
        property,
    };
    connection.send_event(false, request.requestor, EventMask::NO_EVENT, event)?;
    connection.flush()?;
    Ok(())
}
