//! Verification codes: is there one in this text, which, for whom, how long, and is anything wrong with it.
//!
//! # Use
//! [`detect`] reads one text. [`Parts`] does the same for texts that may arrive in pieces. [`asks_for_code`] tells a text
//! that wants a code handed on, [`imitates`] a sender that passes itself off as another one. No I/O, no clock, no state but
//! in [`Parts`]; bounded time and memory for any text; about two microseconds for a common one.
//! ```
//! use landline::logic::codes::detect;
//! let code = detect("Northwind: your code is 482 913. Valid for 10 minutes.", "22395").unwrap();
//! assert_eq!((code.value.expose().as_str(), code.valid_for), ("482913", Some(600)));
//! ```
//!
//! # What is promised
//! A code that is found stands in the text: its characters follow each other there once digits of other scripts and digits
//! written out are read as 0-9 and spaces, dashes and marks are passed over. Nothing is put together from elsewhere.
//! When in doubt nothing is found: a wrong code in the person's hand is worse than reading the text.
//!
//! # How it goes
//! text (words with places, from `fold` and the lists of `lexicon`) -> `candidates` (what is made like a code) and
//! `keywords` (what speaks of codes) -> `rules` (what makes a number another thing) -> `detect` (how they hang together),
//! `expiry`, `origin` (codes bound to a site), `warning`.
//!
//! # How to add a language, or a text that is read wrongly
//! Words stand in `assets/codes/<language>.txt`, see `lexicon` for the form; a new file is named there too. Texts stand in
//! `tests/codes/<language>.txt`, one a line, made up and never copied from people or services:
//! ```text
//! 482913 for=600 site=example.com from=22395 warn=pass_on | the text, \n for a line's end
//! - | a text without a code
//! - | a piece || another piece of the same sender, in the order they arrive
//! ```
//! First what is to be typed, or `-`; then, where they matter, how long it is good for in seconds, the site it is bound to,
//! the sender (`_` for a space), and warnings joined by commas; then ` | ` and the text. `\u{200f}` stands for a character
//! that cannot be seen. `tests/codes/held-out` holds texts that were written after the rules, and says how
//! they were read at first. `cargo test --test codes_corpus` prints precision and recall of each language.
mod asking;
mod blank;
mod candidates;
mod detect;
mod expiry;
mod fold;
mod hosts;
mod keywords;
mod lexicon;
mod origin;
mod parts;
mod rules;
mod text;
mod warning;

pub use asking::asks_for_code;
pub use blank::blanked;
pub use detect::detect;
pub use parts::{Parts, detect_parts};
pub use warning::{imitates, warnings};
