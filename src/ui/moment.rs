//! Times as people read them, in the person's words and time zone. Asks no clock: `now` is an argument.
use crate::words::Words;
use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};

const WEEKDAYS: [&str; 7] = ["weekday-1", "weekday-2", "weekday-3", "weekday-4", "weekday-5", "weekday-6", "weekday-7"];
const MONTHS: [&str; 12] = [
    "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8", "month-9", "month-10",
    "month-11", "month-12",
];

/// `14:05`.
pub fn clock(at: Timestamp, zone: &TimeZone) -> String {
    let at = at.to_zoned(zone.clone());
    format!("{}:{:02}", at.hour(), at.minute())
}

/// The day: today, yesterday, a weekday within six days, or a date.
pub fn day(words: &Words, at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, now) = (at.to_zoned(zone.clone()).date(), now.to_zoned(zone.clone()).date());
    match days_between(at, now) {
        0 => words.text("today"),
        1 => words.text("yesterday"),
        2..=6 => capital(&weekday(words, at)),
        _ => date(words, at, now),
    }
}

/// For lists: the time today, else the day.
pub fn short(words: &Words, at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let same_day = |at: &Zoned, now: &Zoned| at.date() == now.date();
    if same_day(&at.to_zoned(zone.clone()), &now.to_zoned(zone.clone())) {
        clock(at, zone)
    } else {
        day(words, at, now, zone)
    }
}

/// How long ago, for the first day; then the day.
pub fn ago(words: &Words, at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let seconds = now.duration_since(at).as_secs();
    match seconds {
        i64::MIN..60 => words.text("ago-now"),
        60..3600 => words.with("ago-minutes", &[("count", (seconds / 60).into())]),
        3600..86_400 => words.with("ago-hours", &[("count", (seconds / 3600).into())]),
        _ => day(words, at, now, zone),
    }
}

/// `4:05`, `1:02:03`: a timer.
pub fn timer(from: Timestamp, to: Timestamp) -> String {
    let seconds = to.duration_since(from).as_secs().max(0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A validity in whole minutes, or seconds where there are fewer.
pub fn duration(words: &Words, seconds: u32) -> String {
    if seconds >= 60 && seconds.is_multiple_of(60) {
        words.with("duration-minutes", &[("count", (seconds / 60).into())])
    } else {
        words.with("duration-seconds", &[("count", seconds.into())])
    }
}

fn days_between(at: Date, now: Date) -> i32 {
    now.duration_since(at).as_hours().try_into().unwrap_or(i32::MAX).div_euclid(24)
}

fn weekday(words: &Words, at: Date) -> String {
    let place = usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or(0);
    WEEKDAYS.get(place).map_or_else(String::new, |key| words.text(key))
}

fn date(words: &Words, at: Date, now: Date) -> String {
    let place = usize::try_from(at.month() - 1).unwrap_or(0);
    let month = MONTHS.get(place).map_or_else(String::new, |key| words.text(key));
    let day = at.day().to_string();
    if at.year() == now.year() {
        words.with("date-day-month", &[("day", (&day).into()), ("month", (&month).into())])
    } else {
        let year = at.year().to_string();
        words.with("date-full", &[("day", (&day).into()), ("month", (&month).into()), ("year", (&year).into())])
    }
}

/// A word as it begins a line.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::words::Language;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_named_in_the_persons_zone() {
        let words = Words::new(Language::Es);
        let zone = TimeZone::fixed(jiff::tz::offset(-5));
        let now = at("2026-03-10T03:00:00Z"); // still the 9th at -5
        assert_eq!(day(&words, at("2026-03-10T01:00:00Z"), now, &zone), "Hoy");
        assert_eq!(day(&words, at("2026-03-09T01:00:00Z"), now, &zone), "Ayer");
        assert_eq!(day(&words, at("2026-03-06T17:00:00Z"), now, &zone), "Viernes");
        assert_eq!(day(&words, at("2026-01-02T17:00:00Z"), now, &zone), "2 de enero");
        assert_eq!(day(&words, at("2025-12-31T17:00:00Z"), now, &zone), "31 de diciembre de 2025");
        assert_eq!(short(&words, at("2026-03-10T01:05:00Z"), now, &zone), "20:05");
    }

    #[test]
    fn timers_and_ages() {
        let words = Words::new(Language::En);
        let start = at("2026-03-10T03:00:00Z");
        assert_eq!(timer(start, at("2026-03-10T03:04:05Z")), "4:05");
        assert_eq!(timer(start, at("2026-03-10T04:02:03Z")), "1:02:03");
        assert_eq!(timer(start, at("2026-03-10T02:00:00Z")), "0:00");
        assert_eq!(ago(&words, start, at("2026-03-10T03:00:20Z"), &TimeZone::UTC), "just now");
        assert_eq!(ago(&words, start, at("2026-03-10T05:30:00Z"), &TimeZone::UTC), "2 hours ago");
        assert_eq!(duration(&words, 600), "10 min");
        assert_eq!(duration(&words, 90), "90 s");
    }
}
