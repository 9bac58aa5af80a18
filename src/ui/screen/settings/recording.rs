//! Recordings of calls: where they are, in which format, and whether the other side is told.
use super::Message;
use crate::{
    config::RecordingConfig,
    domain::call::RecordingFormat,
    ui::{
        context::Context,
        theme::{space, text},
        widget::{choice, field},
    },
};
use iced::{Element, widget::Column};

/// The section.
pub fn view<'a>(cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let now = cx.model.recording;
    let folder = cx.model.recordings.to_string_lossy();
    let formats = RecordingFormat::ALL.map(|format| {
        let key = match format {
            RecordingFormat::Opus => "settings-recording-opus",
            RecordingFormat::Wav => "settings-recording-wav",
        };
        (cx.t(key), now.format == format, Message::Recording(RecordingConfig { format, ..now }))
    });
    let tones = [(true, "settings-recording-tone"), (false, "settings-recording-no-tone")].map(|(announce, key)| {
        (cx.t(key), now.announce == announce, Message::Recording(RecordingConfig { announce, ..now }))
    });
    let law = Some(cx.t("settings-recording-law"));
    Column::new()
        .push(text::body(cx.with("settings-recording-about", "folder", &folder)).color(p.text))
        .push(field::labelled(p, cx.t("settings-recording-format"), choice::segments(p, formats), None))
        .push(field::labelled(p, cx.t("settings-recording-announce"), choice::segments(p, tones), law))
        .spacing(space::L)
        .into()
}
