//! What stands in the tray: how many texts and calls wait, whether the phone is connected, and a short menu. Never whose: any
//! program of the session reads it.
use super::{
    model::Model,
    wish::{Then, Wish},
};
use crate::{
    config::DesktopConfig,
    desktop::tray::{Entry, Face, Sign, TrayAction},
    domain::account::Registration,
    engine::api::Command,
    words::Words,
};

/// The sign; `None`: the person wants none, or there is nothing to tell yet.
pub fn face(model: &Model, words: &Words) -> Option<Face> {
    if !model.ready || !model.desktop.tray {
        return None;
    }
    let connected = |registration: &Registration| matches!(registration, Registration::Registered { .. });
    let online = model.accounts.iter().any(|account| connected(&account.registration));
    let (unread, missed) = (model.unread(), model.missed);
    let counts = [("tray-unread", unread), ("tray-missed", missed)];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    let mut about: Vec<_> = counts.map(|(key, count)| words.with(key, &[("count", i64::from(count).into())])).collect();
    if model.desktop.quiet {
        about.push(words.text("settings-quiet"));
    }
    if !online {
        about.push(words.text("registration-failed"));
    }
    let entry = |action, key, enabled, on| Entry { action, label: words.text(key), enabled, on };
    Some(Face {
        sign: match (online, unread + missed) {
            (_, 1..) => Sign::News,
            (true, 0) => Sign::Calm,
            (false, 0) => Sign::Offline,
        },
        about: about.join(", "),
        entries: vec![
            entry(TrayAction::Show, "tray-show", true, None),
            entry(TrayAction::CopyCode, "tray-copy-code", !model.codes.is_empty(), None),
            entry(TrayAction::Quiet, "settings-quiet", true, Some(model.desktop.quiet)),
            entry(TrayAction::Quit, "keys-quit", true, None),
        ],
    })
}

/// What a press there means; ending the program is left to who knows the window.
pub fn pressed(action: TrayAction, model: &mut Model) -> Vec<Wish> {
    match action {
        TrayAction::Show => vec![Wish::Show],
        TrayAction::CopyCode => {
            let newest = model.codes.first();
            newest.map(|code| Wish::Copy(code.message, code.code.value.clone())).into_iter().collect()
        }
        TrayAction::Quiet => {
            let desktop = DesktopConfig { quiet: !model.desktop.quiet, ..model.desktop };
            model.desktop = desktop;
            vec![Wish::Ask(Command::SetDesktop { desktop }, Then::Done)]
        }
        TrayAction::Quit => Vec::new(),
    }
}
