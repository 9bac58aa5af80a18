//! How an account's calls are placed and taken: a form below the account, which shows what will be dialled and is kept with
//! one press. It keeps nothing itself and dials nothing.
use super::{Message, Settings};
use crate::{
    domain::account::{AccountKind, CallRules, Encryption},
    engine::api::AccountStatus,
    logic::plan::Plan,
    ui::{
        context::Context,
        theme::{space, text},
        widget::{
            button::{self, Kind},
            choice, field,
        },
    },
};
use iced::{
    Element,
    widget::{Column, Row},
};

/// The longest calling code or area code.
const LONGEST: usize = 6;
/// A number to try the rules on, until the person types one.
const SAMPLE: &str = "5550123";

/// The form as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Country, area, voicemail, answering, hiding.
    pub rules: CallRules,
    /// Whether calls are encrypted; `None`: as suits the way to the server.
    pub encryption: Option<Encryption>,
    /// A number to see what would be dialled for it.
    pub tried: String,
}

impl Draft {
    /// What an account has now.
    pub fn of(account: &AccountStatus) -> Self {
        let tried = SAMPLE.to_owned();
        Self { rules: account.config.rules.clone(), encryption: account.config.encryption, tried }
    }

    /// As it is kept: what is empty is not there. `None`: something in it is no number.
    pub fn whole(&self) -> Option<CallRules> {
        let code = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default().trim().trim_start_matches('+').to_owned();
            let fits = text.len() <= LONGEST && text.bytes().all(|b| b.is_ascii_digit());
            fits.then(|| Some(text).filter(|text| !text.is_empty()))
        };
        let (country, area) = (code(&self.rules.country)?, code(&self.rules.area)?);
        if area.is_some() && country.is_none() {
            return None;
        }
        let voicemail = self.rules.voicemail.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let voicemail = voicemail.map(str::to_owned);
        Some(CallRules { country, area, voicemail, ..self.rules.clone() })
    }

    /// What is dialled for the number that is tried.
    fn dialled(&self) -> Option<String> {
        let CallRules { country, area, .. } = self.whole()?;
        let digits: String = self.tried.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        (!digits.is_empty()).then(|| Plan { country, area }.international(&digits))
    }
}

/// The form of the account, while it is unfolded.
pub fn view<'a>(settings: &'a Settings, cx: Context<'a>, account: &'a AccountStatus) -> Option<Element<'a, Message>> {
    let p = cx.p;
    let (_, draft) = settings.rules.as_ref().filter(|(open, _)| *open == account.config.id)?;
    let of = |rules: CallRules| Message::Rule(Box::new(Draft { rules, ..draft.clone() }));
    let words = |label: &str, about: &str, value: &Option<String>, put: fn(CallRules, Option<String>) -> CallRules| {
        let draft = draft.clone();
        let line = field::bare(p, "", value.as_deref().unwrap_or_default()).on_input(move |text| {
            Message::Rule(Box::new(Draft { rules: put(draft.rules.clone(), Some(text)), ..draft.clone() }))
        });
        field::labelled(p, cx.t(label), line, Some(cx.t(about)))
    };
    let switch = |label: &str, about: &str, now: bool, put: fn(CallRules, bool) -> CallRules| {
        let options = [(false, "settings-rule-no"), (true, "settings-rule-yes")];
        let options = options.map(|(on, key)| (cx.t(key), now == on, of(put(draft.rules.clone(), on))));
        field::labelled(p, cx.t(label), choice::segments(p, options), Some(cx.t(about)))
    };
    let rules = &draft.rules;
    let mut form = Column::new()
        .push(words("settings-country", "settings-country-about", &rules.country, |rules, country| CallRules {
            country,
            ..rules
        }))
        .push(words("settings-area", "settings-area-about", &rules.area, |rules, area| CallRules { area, ..rules }))
        .push(tried(cx, draft));
    if matches!(account.config.kind, AccountKind::Sip { .. }) {
        let ways = [
            (None, "settings-encryption-suits"),
            (Some(Encryption::Required), "settings-encryption-required"),
            (Some(Encryption::Preferred), "settings-encryption-preferred"),
            (Some(Encryption::Off), "settings-encryption-off"),
        ];
        let ways = ways.map(|(encryption, key)| {
            let then = Message::Rule(Box::new(Draft { encryption, ..draft.clone() }));
            (cx.t(key), draft.encryption == encryption, then)
        });
        form = form
            .push(words("settings-voicemail", "settings-voicemail-about", &rules.voicemail, |rules, voicemail| {
                CallRules { voicemail, ..rules }
            }))
            .push(field::labelled(p, cx.t("settings-encryption"), choice::segments(p, ways), None))
            .push(switch("settings-hide", "settings-hide-about", rules.hide_number, |rules, hide_number| CallRules {
                hide_number,
                ..rules
            }))
            .push(switch(
                "settings-at-once",
                "settings-at-once-about",
                rules.answer_at_once,
                |rules, answer_at_once| CallRules { answer_at_once, ..rules },
            ));
    }
    let keep = button::button(p, Kind::Main, cx.t("settings-rules-keep"));
    let keep = keep.on_press(draft.whole().map(|_| Message::KeepRules));
    let close = button::button(p, Kind::Side, cx.t("action-cancel")).on_press(Message::Rules(None));
    Some(form.push(Row::new().push(close).push(keep).spacing(space::S).wrap()).spacing(space::L).into())
}

/// A number, and below it what would be dialled.
fn tried<'a>(cx: Context<'a>, draft: &Draft) -> Element<'a, Message> {
    let p = cx.p;
    let then = draft.clone();
    let line = field::bare(p, "", &draft.tried)
        .on_input(move |tried| Message::Rule(Box::new(Draft { tried, ..then.clone() })));
    let told = match draft.dialled() {
        Some(number) => text::body(cx.with("settings-dialled", "number", &number)).color(p.text),
        None => text::body(cx.t("settings-dialled-nothing")).color(p.bad_text),
    };
    let line = Column::new().push(line).push(told).spacing(space::XS);
    field::labelled(p, cx.t("settings-try-number"), line, None)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::ui::fixture;

    #[test]
    fn what_is_typed_is_kept_whole_or_not_at_all() {
        let mut draft = Draft::of(fixture::snapshot().accounts.first().unwrap());
        assert_eq!(draft.whole(), Some(CallRules::default()));
        assert_eq!(draft.dialled().as_deref(), Some("5550123"), "as it is typed");
        draft.rules.area = Some("555".into());
        assert_eq!((draft.whole(), draft.dialled()), (None, None), "of which country?");
        draft.rules.country = Some(" +1 ".into());
        draft.rules.voicemail = Some(" ".into());
        let kept = draft.whole().unwrap();
        assert_eq!((kept.country.as_deref(), kept.area.as_deref(), kept.voicemail), (Some("1"), Some("555"), None));
        assert_eq!(draft.dialled().as_deref(), Some("+15555550123"));
        for bad in ["1a", "1234567", "+-"] {
            draft.rules.country = Some(bad.into());
            assert_eq!(draft.whole(), None, "{bad}");
        }
    }
}
