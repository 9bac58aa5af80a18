//! `account rules`: how an account's calls are placed and taken, shown, or changed by what is named. What is not named stays.
use super::{
    args::{Switch, digits},
    commands::snapshot,
    fault::Fault,
    line::Line,
    print::Printer,
};
use crate::{
    config::Home,
    domain::account::{AccountConfig, AccountId, CallRules, Encryption},
    engine::api::{Command, Refusal, Reply},
    words::Words,
};
use serde::Serialize;

/// A code or number; `None`: there is to be none.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Given(Option<String>);

fn code(text: &str) -> Result<Given, clap::Error> {
    if text == "none" { Ok(Given(None)) } else { digits(text).map(|text| Given(Some(text))) }
}

fn number(text: &str) -> Result<Given, clap::Error> {
    let text = text.trim();
    let given = Some(text).filter(|text| *text != "none").map(str::to_owned);
    if text.is_empty() { Err(clap::Error::new(clap::error::ErrorKind::ValueValidation)) } else { Ok(Given(given)) }
}

/// What is to be changed.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Changes {
    #[arg(long, value_name = "CODE|none", value_parser = code)]
    country: Option<Given>,
    #[arg(long, value_name = "CODE|none", value_parser = code)]
    area: Option<Given>,
    #[arg(long, value_name = "NUMBER|none", value_parser = number)]
    voicemail: Option<Given>,
    #[arg(long, value_name = "on|off")]
    hide_number: Option<Switch>,
    #[arg(long, value_name = "on|off")]
    answer_at_once: Option<Switch>,
}

impl Changes {
    fn is_none(&self) -> bool {
        let Self { country, area, voicemail, hide_number, answer_at_once } = self;
        country.is_none() && area.is_none() && voicemail.is_none() && hide_number.is_none() && answer_at_once.is_none()
    }

    /// `None`: an area without a country is no rule.
    fn applied(self, mut rules: CallRules) -> Option<CallRules> {
        let Self { country, area, voicemail, hide_number, answer_at_once } = self;
        let put = |place: &mut Option<String>, given: Option<Given>| {
            if let Some(Given(given)) = given {
                *place = given;
            }
        };
        put(&mut rules.country, country);
        put(&mut rules.area, area);
        put(&mut rules.voicemail, voicemail);
        rules.hide_number = hide_number.map_or(rules.hide_number, |switch| switch == Switch::On);
        rules.answer_at_once = answer_at_once.map_or(rules.answer_at_once, |switch| switch == Switch::On);
        (rules.area.is_none() || rules.country.is_some()).then_some(rules)
    }
}

/// Shows them, after they were changed if anything is named.
pub(super) async fn rules(id: &str, changes: Changes, home: &Home, printer: &Printer<'_>) -> Result<(), Fault> {
    let words = printer.words;
    let id = AccountId(id.to_owned());
    let mut line =
        if changes.is_none() { Line::to_read(home, words).await? } else { Line::to_write(home, words).await? };
    let known = snapshot(&mut line).await?.accounts.into_iter().find(|known| known.config.id == id);
    let AccountConfig { rules, encryption, .. } = known.ok_or(Refusal::UnknownAccount)?.config;
    if changes.is_none() {
        return shown(printer, &rules, encryption);
    }
    let rules = changes.applied(rules).ok_or(Fault::AreaAlone)?;
    match line.ask(Command::SetRules { id, rules, encryption }).await? {
        Reply::Account(status) => shown(printer, &status.config.rules, status.config.encryption),
        _ => Err(Fault::OtherVersion),
    }
}

fn shown(printer: &Printer<'_>, rules: &CallRules, encryption: Option<Encryption>) -> Result<(), Fault> {
    #[derive(Serialize)]
    struct Shown<'a> {
        #[serde(flatten)]
        rules: &'a CallRules,
        encryption: Option<Encryption>,
    }
    printer.answer(&Shown { rules, encryption }, &sentences(printer.words, rules))
}

fn sentences(words: &Words, rules: &CallRules) -> String {
    let none = words.text("cli-rule-none");
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| none.clone());
    let switch = |on: bool| words.text(if on { "settings-rule-yes" } else { "settings-rule-no" });
    let CallRules { country, area, voicemail, hide_number, answer_at_once } = rules;
    [
        ("settings-country", value(country)),
        ("settings-area", value(area)),
        ("settings-voicemail", value(voicemail)),
        ("settings-hide", switch(*hide_number)),
        ("settings-at-once", switch(*answer_at_once)),
    ]
    .map(|(key, value)| format!("{}: {value}", words.text(key)))
    .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_stays_and_none_takes_away() {
        let before = CallRules { country: Some("34".into()), voicemail: Some("123".into()), ..CallRules::default() };
        let changes = Changes { voicemail: Some(Given(None)), hide_number: Some(Switch::On), ..Changes::default() };
        let after = changes.applied(before.clone());
        assert_eq!(after, Some(CallRules { voicemail: None, hide_number: true, ..before.clone() }));
        let alone = Changes { country: Some(Given(None)), area: Some(Given(Some("9".into()))), ..Changes::default() };
        assert_eq!(alone.applied(before), None);
    }
}
