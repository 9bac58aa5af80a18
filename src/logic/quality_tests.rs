//! What is said of a call, second by second, with a clock turned by hand.
#![allow(clippy::unwrap_used)]
use super::*;

/// A call of 50 packets a second.
struct Line {
    now: Instant,
    reading: Reading,
    judge: Judge,
    senses: Senses,
    seconds: u64,
}

impl Line {
    fn new() -> Self {
        let senses = Senses { heard: true, ..Senses::default() };
        Self { now: Instant::now(), reading: Reading::default(), judge: Judge::default(), senses, seconds: 0 }
    }
    /// One second in which so many of 50 packets from there, and so many tenths of a percent of ours, are lost.
    fn second(&mut self, lost: u64, reported: u16) -> Option<Quality> {
        self.now += Duration::from_secs(1);
        self.seconds += 1;
        self.reading.expected += 50;
        self.reading.lost += lost;
        if self.seconds.is_multiple_of(5) {
            self.reading.reports += 1;
            self.reading.reported_permille = reported;
        }
        self.judge.look(self.now, self.reading, self.senses)
    }
    fn seconds(&mut self, count: u64, lost: u64, reported: u16) -> Verdict {
        (0..count).filter_map(|_| self.second(lost, reported)).last().unwrap().verdict
    }
}

#[test]
fn a_clean_line_is_good_and_nothing_is_said_too_soon() {
    let mut line = Line::new();
    assert_eq!((line.second(0, 0), line.second(0, 0)), (None, None));
    assert_eq!(line.seconds(30, 0, 0), Verdict::Good);
}

#[test]
fn the_direction_that_suffers_is_named() {
    let part = Part::Tenth;
    assert_eq!(Line::new().seconds(20, 5, 0), Verdict::YouMiss { part });
    assert_eq!(Line::new().seconds(20, 0, 100), Verdict::TheyMiss { part });
    assert_eq!(Line::new().seconds(20, 5, 110), Verdict::BothMiss { part });
    assert_eq!(Line::new().seconds(20, 5, 450), Verdict::TheyMiss { part: Part::Half }, "the much worse one alone");
    assert_eq!(Line::new().seconds(20, 30, 40), Verdict::YouMiss { part: Part::Half });
    assert_eq!(Line::new().seconds(20, 0, 40), Verdict::TheyMiss { part: Part::Twentieth });
    assert_eq!(Line::new().seconds(20, 50, 0), Verdict::YouMiss { part: Part::Most });
}

#[test]
fn the_figures_are_those_of_the_last_ten_seconds() {
    let mut line = Line::new();
    line.seconds(60, 0, 0);
    line.reading.late += 10;
    line.reading.concealed_ms += 400;
    line.reading.round_trip_ms = Some(80);
    let quality = (0..10).filter_map(|_| line.second(4, 0)).last().unwrap();
    // 40 lost and 10 late of 500
    assert_eq!((quality.heard.loss_permille, quality.heard.concealed_permille), (100, 40));
    assert_eq!(quality.round_trip_ms, Some(80));
    let quality = (0..30).filter_map(|_| line.second(0, 0)).last().unwrap();
    assert_eq!((quality.heard.loss_permille, quality.verdict), (0, Verdict::Good));
}

#[test]
fn a_line_at_the_edge_does_not_flicker() {
    let mut line = Line::new();
    line.seconds(10, 4, 0);
    let (mut changes, mut last) = (0, None);
    // 6 to 10 percent, up and down
    for n in 0..300 {
        let verdict = line.second(3 + n % 3, 0).unwrap().verdict;
        changes += usize::from(last.replace(verdict).is_some_and(|last| last != verdict));
    }
    assert!(changes <= 1, "{changes}");
    assert_eq!(follow(None, 79), Some(Part::Twentieth));
    assert_eq!(follow(Some(Part::Tenth), 79), Some(Part::Tenth), "not taken back at once");
    assert_eq!(follow(Some(Part::Tenth), 47), Some(Part::Twentieth));
    assert_eq!(follow(Some(Part::Tenth), 900), Some(Part::Most), "but worse at once");
    assert_eq!(follow(Some(Part::Twentieth), 17), None);
}

#[test]
fn reports_that_no_longer_come_are_forgotten() {
    let mut line = Line::new();
    assert!(matches!(line.seconds(20, 0, 200), Verdict::TheyMiss { .. }));
    for n in 0..25_u64 {
        line.seconds = 5 * n; // the step makes it one more
        line.second(0, 0);
    }
    assert_eq!(line.second(0, 0).map(|quality| (quality.said, quality.verdict)), Some((None, Verdict::Good)));
}

#[test]
fn what_is_missing_altogether_comes_first() {
    let mut line = Line::new();
    line.seconds(20, 10, 0);
    line.senses.quiet = true;
    assert_eq!(line.second(0, 0).unwrap().verdict, Verdict::NoSound);
    line.senses.no_microphone = true;
    assert_eq!(line.second(0, 0).unwrap().verdict, Verdict::NoMicrophone);
}

#[test]
fn a_silent_microphone_is_told_after_a_while_and_not_while_it_is_muted() {
    let mut line = Line::new();
    line.seconds(10, 0, 0);
    line.senses.heard = false;
    assert_eq!(line.seconds(10, 0, 0), Verdict::Good, "a pause in the talk");
    assert_eq!(line.seconds(2, 0, 0), Verdict::MicrophoneSilent);
    line.senses.heard = true;
    assert_eq!(line.second(0, 0).unwrap().verdict, Verdict::Good, "taken back at the first sound");
    (line.senses.heard, line.senses.muted) = (false, true);
    assert_eq!(line.seconds(30, 0, 0), Verdict::Good);
}

#[test]
fn a_long_way_is_told_and_taken_back_later() {
    let mut line = Line::new();
    line.reading.delay_ms = 100;
    for (round_trip, verdict) in
        [(500, Verdict::Good), (700, Verdict::Slow), (500, Verdict::Slow), (300, Verdict::Good)]
    {
        line.reading.round_trip_ms = Some(round_trip);
        assert_eq!(line.seconds(5, 0, 0), verdict, "{round_trip}");
    }
}

#[test]
fn other_media_begin_anew() {
    let mut line = Line::new();
    assert!(matches!(line.seconds(20, 25, 0), Verdict::YouMiss { .. }));
    line.reading = Reading::default();
    assert_eq!(line.second(0, 0), None);
    assert_eq!(line.seconds(10, 0, 0), Verdict::Good);
}
