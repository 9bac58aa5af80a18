//! Texts that arrived in pieces: gateways cut long texts, and services send "Your code is:" and the code apart. Pieces of
//! one sender that come within a minute are put together in the order they tell of themselves, else as they came and then
//! the other way round. Only pieces that show that something is missing are joined. Holds bounded memory; takes `now`.
use super::{detect::detect, lexicon::Class, text::Text};
use crate::domain::{code::Code, private::Private};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// How far apart pieces may arrive.
const WINDOW: Duration = Duration::from_secs(60);
/// Pieces remembered of all senders together, and joined into one text.
const KEPT: usize = 16;
const JOINED: usize = 4;
/// Lengths at which gateways cut texts, in characters: one SMS and a part of one, in both alphabets.
const CUTS: [usize; 4] = [160, 153, 70, 67];

/// A piece that held no code.
#[derive(Debug)]
struct Piece {
    sender: String,
    body: Private<String>,
    came: Instant,
}

/// Pieces that came lately.
#[derive(Debug, Default)]
pub struct Parts {
    pieces: VecDeque<Piece>,
}

impl Parts {
    /// The code in a text, by itself or with what came before it from the same sender.
    pub fn take(&mut self, now: Instant, sender: &str, body: &str) -> Option<Code> {
        self.pieces.retain(|piece| now.saturating_duration_since(piece.came) <= WINDOW);
        if let Some(code) = detect(body, sender) {
            return Some(code);
        }
        let earlier = self.pieces.iter().filter(|piece| piece.sender == sender);
        let mut bodies: Vec<&str> = earlier.map(|piece| piece.body.expose().as_str()).collect();
        bodies.push(body);
        let recent = bodies.get(bodies.len().saturating_sub(JOINED)..).unwrap_or_default();
        let found = detect_parts(recent, sender);
        if found.is_some() {
            self.pieces.retain(|piece| piece.sender != sender);
        } else {
            let piece = Piece { sender: sender.to_owned(), body: Private::from(body), came: now };
            self.pieces.push_back(piece);
            if self.pieces.len() > KEPT {
                self.pieces.pop_front();
            }
        }
        found
    }
}

/// The code in texts of one sender that may be pieces of one, in the order they came.
pub fn detect_parts(bodies: &[&str], sender: &str) -> Option<Code> {
    let mut numbered: Vec<(u32, &str)> = bodies.iter().filter_map(|body| number(body)).collect();
    if bodies.len() < 2 {
        return None;
    }
    if numbered.len() == bodies.len() {
        numbered.sort_by_key(|(number, _)| *number);
        return detect(&joined(numbered.iter().map(|(_, rest)| *rest), ' '), sender);
    }
    let orders = [bodies.to_vec(), bodies.iter().rev().copied().collect()];
    // the last of the order is whole by itself; each before it must show that more follows
    let open = |order: &&Vec<&str>| order.iter().rev().skip(1).all(|body| is_open(body));
    orders.iter().filter(open).find_map(|order| detect(&joined(order.iter().copied(), '\n'), sender))
}

/// A piece's number and the rest: "(1/2) …", "2/3: …".
fn number(body: &str) -> Option<(u32, &str)> {
    let body = body.trim_start();
    let bracketed = body.strip_prefix(['(', '[']);
    let (number, rest) = bracketed.unwrap_or(body).split_once('/')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (of, rest) = rest.split_at_checked(digits)?;
    let rest = if bracketed.is_some() { rest.strip_prefix([')', ']'])? } else { rest.strip_prefix([':', ' '])? };
    let (number, of): (u32, u32) = (number.parse().ok()?, of.parse().ok()?);
    (1..=of).contains(&number).then_some((number, rest)).filter(|_| (2..=10).contains(&of))
}

/// Whether a piece shows that more follows: it ends with a colon or "is", or where gateways cut.
fn is_open(body: &str) -> bool {
    let trimmed = body.trim_end();
    let text = Text::read(trimmed);
    let last = text.words.len().saturating_sub(1);
    let says = trimmed.ends_with([':', '：']) || text.is(last, Class::Copula) && text.after(last).is_empty();
    says || is_cut(body)
}

fn is_cut(body: &str) -> bool {
    CUTS.contains(&body.chars().count())
}

/// Pieces as one text. One that was cut goes on within a word.
fn joined<'a>(pieces: impl Iterator<Item = &'a str>, between: char) -> String {
    let mut text = String::new();
    for piece in pieces {
        text.push_str(piece);
        if !is_cut(piece) {
            text.push(between);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bodies: &[&str]) -> Option<String> {
        detect_parts(bodies, "22395").map(|code| code.value.into_inner())
    }

    #[test]
    fn pieces_are_joined_in_their_order() {
        assert_eq!(found(&["Your verification code is:", "482913"]).as_deref(), Some("482913"));
        assert_eq!(found(&["482913", "Tu código es:"]).as_deref(), Some("482913"));
        assert_eq!(found(&["(2/2) 482913. Never share it.", "(1/2) Your login code is"]).as_deref(), Some("482913"));
        let cut = format!("{}Your code is 482", "Welcome to Northwind. ".repeat(10));
        let cut: String = cut.chars().skip(cut.chars().count() - 153).collect();
        assert_eq!(found(&["913. Never share it.", &cut]).as_deref(), Some("482913"));
    }

    #[test]
    fn texts_that_are_whole_are_not_joined() {
        assert_eq!(found(&["Your code is on its way.", "482913"]), None);
        assert_eq!(found(&["Call me:", "555 0199"]), None);
        assert_eq!(found(&["(1/2) see you at", "(2/2) 1830"]), None);
        assert_eq!(found(&["Your code is:"]), None);
    }

    #[test]
    fn time_senders_and_memory_are_bounded() {
        let start = Instant::now();
        let mut parts = Parts::default();
        assert_eq!(parts.take(start, "a", "Your code is:"), None);
        assert_eq!(parts.take(start, "b", "482913"), None);
        assert!(parts.take(start + WINDOW, "a", "482913").is_some());
        assert_eq!(parts.take(start + WINDOW, "a", "771204"), None);
        assert_eq!(parts.take(start + WINDOW * 3, "a", "Your code is:"), None);
        assert_eq!(parts.take(start + WINDOW * 5, "a", "482913"), None);
        for n in 0..1000 {
            parts.take(start + WINDOW * 5, &n.to_string(), "hello");
        }
        assert_eq!(parts.pieces.len(), KEPT);
    }
}
