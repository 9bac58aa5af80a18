//! What another program finds on the clipboard of an X server: a client of our own, asking as a paste does.
use super::PATIENCE;
use std::time::Instant;
use x11rb::{
    CURRENT_TIME, NONE,
    connection::Connection,
    protocol::{
        Event,
        xproto::{AtomEnum, ConnectionExt, CreateWindowAux, WindowClass},
    },
    rust_connection::RustConnection,
};

/// The clipboard's content in one format, for example `UTF8_STRING`; `None`: it is empty or has no such format.
pub fn paste(display: &str, format: &str) -> Option<String> {
    let (connection, screen) = RustConnection::connect(Some(display)).expect("an X server");
    let root = connection.setup().roots[screen].root;
    let window = connection.generate_id().expect("an id");
    let nothing = CreateWindowAux::new();
    connection.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &nothing).expect("a window");
    let atom =
        |name: &str| connection.intern_atom(false, name.as_bytes()).expect("a request").reply().expect("an atom").atom;
    let (clipboard, target, property) = (atom("CLIPBOARD"), atom(format), atom("PASTED"));
    connection.convert_selection(window, clipboard, target, property, CURRENT_TIME).expect("a request");
    connection.flush().expect("a connection");
    let start = Instant::now();
    loop {
        assert!(start.elapsed() < PATIENCE, "the clipboard's owner answers nothing");
        if let Event::SelectionNotify(event) = connection.wait_for_event().expect("an event") {
            if event.property == NONE {
                return None;
            }
            break;
        }
    }
    let property = connection.get_property(true, window, property, AtomEnum::ANY, 0, 1000).expect("a request");
    Some(String::from_utf8_lossy(&property.reply().expect("a property").value).into_owned())
}
