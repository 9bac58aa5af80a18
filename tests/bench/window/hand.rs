//! A hand and an eye on an X screen: clicks, keys and the wheel as a person's (XTEST), and pixels as they are shown.
use crate::support::PATIENCE;
use std::time::{Duration, Instant};
use x11rb::{
    CURRENT_TIME,
    connection::Connection,
    protocol::{
        xproto::{self, ConnectionExt, ImageFormat, InputFocus, Window},
        xtest::ConnectionExt as _,
    },
    rust_connection::RustConnection,
};

/// What has not changed for so long is whole.
const STILL: Duration = Duration::from_millis(400);
/// After so long without a change the wheel is turned once more.
const AGAIN: Duration = Duration::from_millis(100);
/// A part of the screen: left, top, width, height.
pub type Part = (i16, i16, u16, u16);
/// The first conversation of the list.
pub const FIRST: (i16, i16) = (250, 110);
/// Where the open conversation is.
pub const THREAD: Part = (600, 150, 300, 400);
/// A strip of it that scrolling changes.
pub const MIDDLE: Part = (430, 300, 300, 60);
/// Where the composer is, and a part of it that a key changes.
pub const COMPOSER: ((i16, i16), Part) = ((700, 700), (430, 680, 560, 44));

/// See the head of this file.
pub struct Hand {
    connection: RustConnection,
    root: Window,
}

impl Hand {
    pub fn new(display: &str) -> Self {
        let (connection, screen) = RustConnection::connect(Some(display)).expect("an X server");
        let root = connection.setup().roots[screen].root;
        Self { connection, root }
    }
    /// The pixels of a part.
    pub fn picture(&self, (x, y, width, height): Part) -> Vec<u8> {
        let image = self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, !0);
        image.expect("a request").reply().expect("an image").data
    }
    fn colour(&self, x: i16, y: i16) -> u32 {
        let pixel = self.picture((x, y, 1, 1));
        u32::from_le_bytes([pixel[0], pixel[1], pixel[2], 0])
    }
    fn wait(&self, what: &str, mut done: impl FnMut() -> bool) {
        let from = Instant::now();
        while !done() {
            assert!(from.elapsed() < PATIENCE, "no {what}");
            std::thread::yield_now();
        }
    }
    /// Waits until a pixel has this colour.
    pub fn wait_colour(&self, (x, y, colour): (i16, i16, u32)) {
        self.wait("such pixel", || self.colour(x, y) == colour);
    }
    /// Waits until it has another.
    pub fn wait_other(&self, (x, y, colour): (i16, i16, u32)) {
        self.wait("other pixel", || self.colour(x, y) != colour);
    }
    /// Waits until a part looks otherwise.
    pub fn wait_change(&self, part: Part, before: &[u8]) {
        self.wait("change", || self.picture(part) != before);
    }
    fn fake(&self, kind: u8, detail: u8, (x, y): (i16, i16)) {
        self.connection.xtest_fake_input(kind, detail, CURRENT_TIME, self.root, x, y, 0).expect("a request");
        self.connection.flush().expect("a connection");
    }
    fn press(&self, button: u8) {
        self.fake(xproto::BUTTON_PRESS_EVENT, button, (0, 0));
        self.fake(xproto::BUTTON_RELEASE_EVENT, button, (0, 0));
    }
    /// When it looked otherwise for the last time, before it stood still for a while.
    pub fn settle(&self, part: Part, before: &[u8]) -> Duration {
        let from = Instant::now();
        self.wait_change(part, before);
        let (mut last, mut seen) = (from.elapsed(), self.picture(part));
        while from.elapsed() < last + STILL {
            let now = self.picture(part);
            if now != seen {
                (last, seen) = (from.elapsed(), now);
            }
        }
        last
    }
    /// Clicks, and gives the keyboard to what is clicked, as a window manager does.
    pub fn click(&self, at: (i16, i16)) {
        self.fake(xproto::MOTION_NOTIFY_EVENT, 0, at);
        let under = self.connection.query_pointer(self.root).expect("a request").reply().expect("a pointer").child;
        self.connection.set_input_focus(InputFocus::PARENT, under, CURRENT_TIME).expect("a request");
        self.press(1);
    }
    /// One step of the wheel over a part, towards older texts, until it shows; and another one where the oldest that are
    /// there were reached, and more of them had to come.
    pub fn scroll_up(&self, part: Part) {
        let before = self.picture(part);
        let mut pressed = None::<Instant>;
        self.wait("older texts", || {
            if pressed.is_none_or(|at| at.elapsed() > AGAIN) {
                self.fake(xproto::MOTION_NOTIFY_EVENT, 0, (650, 330));
                self.press(4);
                pressed = Some(Instant::now());
            }
            self.picture(part) != before
        });
    }
    /// The key `x`.
    pub fn key(&self) {
        const X: u8 = 53;
        self.fake(xproto::KEY_PRESS_EVENT, X, (0, 0));
        self.fake(xproto::KEY_RELEASE_EVENT, X, (0, 0));
    }
}
