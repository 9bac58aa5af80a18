//! What stands around every screen: tabs, the status line, and above it what must not be missed: a call, a fresh code,
//! a problem. One pane with tabs below in a narrow window, a rail and two panes in a wide one.
use super::{
    app::{App, Message},
    context::Context,
    screen::{call, codes, conversations, dial, new, settings, thread, trouble, unlock, welcome},
    theme::{shape, space, text},
    widget::{
        button::{self, Kind},
        code,
        icon::Icon,
        notice,
        shortcuts::Shortcuts,
        slot,
    },
    wish::Place,
};
use crate::domain::link::{Interface, LinkKind};
use iced::{
    Element, Length, Padding,
    widget::{Column, Row, Stack, column, container, row},
};

mod closing;
mod foot;
mod tabs;

impl App {
    /// The whole window.
    pub fn view(&self) -> Element<'_, Message> {
        let cx = self.context();
        let base = container(self.ground(cx))
            .width(Length::Fill)
            .height(Length::Fill)
            .style(shape::renewed(cx.p.canvas, self.turn));
        let ringing = self.model.ringing().map(|ringing| call::incoming(cx, ringing));
        let asked = self.model.referrals.first().map(|referral| call::asked(cx, referral));
        let calls = ringing.or(asked).map(|card| card.map(Message::Call));
        let card = calls.or_else(|| self.closing.then(|| closing::card(cx))).map(|card| {
            let side =
                if cx.narrow() { iced::alignment::Horizontal::Center } else { iced::alignment::Horizontal::Right };
            container(card).width(Length::Fill).height(Length::Fill).align_x(side).padding(space::L).into()
        });
        Shortcuts::new(Stack::new().push(base).push(slot(card)).width(Length::Fill).height(Length::Fill), Message::Key)
            .into()
    }

    fn ground<'a>(&'a self, cx: Context<'a>) -> Element<'a, Message> {
        if !self.model.ready {
            return iced::widget::space().into();
        }
        let bare = self.model.is_shut()
            || matches!(self.place, Place::Welcome | Place::Unlock) && self.model.accounts.is_empty();
        let above = self.above(cx);
        let body = container(self.body(cx)).width(Length::Fill).height(Length::Fill);
        if bare {
            return column![above, body, foot::view(cx)].into();
        }
        if !cx.narrow() {
            return row![tabs::rail(cx, self.place), column![above, body, foot::view(cx)]].into();
        }
        // a conversation needs the height, and has a way back of its own
        let whole = matches!(self.place, Place::Thread | Place::New | Place::Call);
        let tabs = (!whole).then(|| tabs::bar(cx, self.place));
        let foot = (!whole || cx.size.height > 700.0).then(|| foot::view(cx));
        column![above, body, slot(foot), slot(tabs)].into()
    }

    fn body<'a>(&'a self, cx: Context<'a>) -> Element<'a, Message> {
        match self.place {
            Place::Welcome => welcome::view(&self.welcome, cx).map(Message::Welcome),
            Place::Trouble => trouble::view(&self.trouble, cx).map(Message::Trouble),
            Place::Unlock => unlock::view(&self.unlock, cx).map(Message::Unlock),
            Place::Calls => dial::view(&self.dial, cx).map(Message::Dial),
            Place::Codes => codes::view(cx).map(Message::Codes),
            Place::Settings => settings::view(&self.settings, cx).map(Message::Settings),
            Place::Call => call::view(&self.call, cx).map(Message::Call),
            Place::Conversations | Place::Thread | Place::New if !cx.narrow() => self.two_panes(cx),
            Place::Conversations => conversations::view(&self.list, cx, None).map(Message::List),
            Place::Thread => thread::view(&self.thread, cx).map(Message::Thread),
            Place::New => new::view(&self.new, cx).map(Message::New),
        }
    }

    fn two_panes<'a>(&'a self, cx: Context<'a>) -> Element<'a, Message> {
        let open = self.thread.open.filter(|_| self.place != Place::New);
        let list = conversations::view(&self.list, cx, open).map(Message::List);
        let line = container(iced::widget::space()).width(1.0).height(Length::Fill).style(shape::fill(cx.p.line));
        let pane = if self.place == Place::New {
            new::view(&self.new, cx).map(Message::New)
        } else {
            thread::view(&self.thread, cx).map(Message::Thread)
        };
        Row::new()
            .push(container(list).width(conversations::WIDTH))
            .push(line)
            .push(container(pane).width(Length::Fill))
            .into()
    }

    /// What must not be missed.
    fn above<'a>(&'a self, cx: Context<'a>) -> Element<'a, Message> {
        let p = cx.p;
        let bar =
            self.model.call().filter(|_| self.place != Place::Call).map(|one| call::bar(cx, one).map(Message::Call));
        let told = self.told.map(|refusal| {
            let close = button::round(p, Kind::Quiet, Icon::Close, cx.t("action-close"), Message::Read);
            notice::with_action(p, cx.t(refusal.key()), close, false)
        });
        let recorded = self.model.recorded.as_ref().map(|path| ("call-recorded", path));
        let kept = recorded.or(self.model.saved.as_ref().map(|path| ("file-saved", path)));
        let recorded = kept.map(|(key, path)| {
            let close = button::round(p, Kind::Quiet, Icon::Close, cx.t("action-close"), Message::Recorded);
            notice::done(p, cx.with(key, "path", &path.to_string_lossy()), close)
        });
        let not_kept = self.model.not_kept.map(|state| notice::problem(p, cx.t(state.key())));
        let strips: Vec<Element<'a, Message>> =
            [not_kept, self.radio_only(cx), told, recorded, self.fresh(cx)].into_iter().flatten().collect();
        let strips = (!strips.is_empty()).then(|| {
            let around = if cx.narrow() { space::S } else { space::M };
            container(Column::with_children(strips).spacing(space::S))
                .padding(Padding::from([space::S, around]))
                .width(Length::Fill)
                .into()
        });
        // the places stay the same, so that what is below keeps its focus and its cursor
        column![slot(bar), slot(strips)].into()
    }

    /// Only radio leads out, and it is not allowed.
    fn radio_only<'a>(&'a self, cx: Context<'a>) -> Option<Element<'a, Message>> {
        let wired = &cx.model.wired;
        let radio = wired.carrier.as_ref().filter(|link| wired.asks || link.is_wireless())?;
        if wired.allowed || cx.model.demo {
            return None;
        }
        if wired.asks {
            return Some(self.may_it(cx, radio));
        }
        if self.place == Place::Settings {
            return None;
        }
        let key = match radio.kind {
            LinkKind::Cellular => "wired-only-cellular",
            LinkKind::Bluetooth => "wired-only-bluetooth",
            _ => "wired-only-wifi",
        };
        let words = format!("{}. {}", cx.t(key), cx.t("wired-plug-in"));
        let allow = button::small(cx.p, Kind::Side, Icon::Radio, cx.t("settings-allow-wireless"));
        Some(notice::with_action(cx.p, words, allow.on_press(Message::Wireless).into(), cx.narrow()))
    }

    /// Asks whether that radio may be used; who does not answer stays without.
    fn may_it<'a>(&'a self, cx: Context<'a>, radio: &'a Interface) -> Element<'a, Message> {
        let (name, kind) = (radio.name.as_str(), cx.t(radio.radio().unwrap_or(radio.kind).key()));
        let words = cx.words.with("wired-ask", &[("name", name.into()), ("kind", (&kind).into())]);
        let answer = |allow| Message::MayUse { link: radio.name.clone(), allow };
        let no = button::small(cx.p, Kind::Main, Icon::Cable, cx.t("wired-ask-no")).on_press(answer(false));
        let yes = button::small(cx.p, Kind::Side, Icon::Radio, cx.t("wired-ask-yes")).on_press(answer(true));
        let buttons = Row::new().push(no).push(yes).spacing(space::S).wrap();
        notice::with_action(cx.p, words, buttons.into(), true)
    }

    /// A code that has just come.
    fn fresh<'a>(&'a self, cx: Context<'a>) -> Option<Element<'a, Message>> {
        let one = self.banner()?;
        let copy = Message::Copy(one.message, one.code.value.clone());
        let mut parts = codes::parts(cx, one, "codes-newest", copy);
        // one line below: the screen itself needs the room
        let lines: Vec<_> = parts.below.iter().map(|line| line.trim_end_matches('.')).collect();
        parts.below = vec![lines.join(" · ")];
        let close = button::round(cx.p, Kind::Quiet, Icon::Close, cx.t("action-close"), Message::Dismiss(one.message));
        let room = match (cx.tiny(), cx.narrow()) {
            (true, _) => code::Room::Tiny,
            (false, true) => code::Room::Narrow,
            (false, false) => code::Room::Wide,
        };
        Some(code::banner(cx.p, parts, room, close))
    }
}

/// A small dot or number on a tab.
fn count<'a>(cx: Context<'a>, place: Place) -> Option<Element<'a, Message>> {
    let count = match place {
        Place::Conversations => cx.model.unread(),
        Place::Calls => cx.model.missed.saturating_add(cx.model.voicemails()),
        _ => 0,
    };
    (count > 0).then(|| {
        let words = if count > 99 { "99+".to_owned() } else { count.to_string() };
        container(text::strong(words).size(11.0).line_height(1.0).color(cx.p.on_count))
            .padding([3.0, 6.0])
            .style(shape::round(cx.p.count, space::PILL))
            .into()
    })
}
