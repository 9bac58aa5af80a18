//! Keys that mean the same on every screen: Tab moves, Escape goes back, Ctrl with a letter or number does what the
//! help in the settings says. It knows no screen: what a shortcut means where one is, `app` decides.
use iced::{
    Event,
    keyboard::{self, Key, Modifiers, key::Named},
};

/// What was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortcut {
    /// Tab.
    Next,
    /// Shift and Tab.
    Previous,
    /// Escape.
    Back,
    /// Ctrl and 1 to 4.
    Tab(u8),
    /// Ctrl and N.
    New,
    /// Ctrl and F.
    Search,
    /// Ctrl and Enter: answer the call that rings.
    Answer,
    /// Ctrl and D: decline it, or hang up.
    HangUp,
    /// Ctrl and L: listen to the voice mailbox.
    Voicemail,
    /// Ctrl and M: the microphone.
    Mute,
    /// Ctrl and Q: the program ends.
    Quit,
    /// A key of a telephone, outside any field.
    Digit(char),
}

/// A shortcut with Ctrl: it goes before the fields, which would take the digit for text.
pub fn first(event: &Event) -> Option<Shortcut> {
    let Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers: Modifiers::CTRL, repeat: false, .. }) = event
    else {
        return None;
    };
    match key.as_ref() {
        Key::Named(Named::Enter) => Some(Shortcut::Answer),
        Key::Character(text) => match text {
            "1" => Some(Shortcut::Tab(0)),
            "2" => Some(Shortcut::Tab(1)),
            "3" => Some(Shortcut::Tab(2)),
            "4" => Some(Shortcut::Tab(3)),
            "n" | "N" => Some(Shortcut::New),
            "f" | "F" => Some(Shortcut::Search),
            "l" | "L" => Some(Shortcut::Voicemail),
            "m" | "M" => Some(Shortcut::Mute),
            "q" | "Q" => Some(Shortcut::Quit),
            "d" | "D" => Some(Shortcut::HangUp),
            _ => None,
        },
        _ => None,
    }
}

/// A shortcut that fields may use for themselves: only what they leave comes here.
pub fn last(event: &Event) -> Option<Shortcut> {
    let Event::Keyboard(keyboard::Event::KeyPressed { key, modified_key, modifiers, repeat, .. }) = event else {
        return None;
    };
    let shift = *modifiers == Modifiers::SHIFT;
    if !shift && !modifiers.is_empty() {
        return None;
    }
    match key.as_ref() {
        Key::Named(Named::Tab) if shift => Some(Shortcut::Previous),
        Key::Named(Named::Tab) => Some(Shortcut::Next),
        Key::Named(Named::Escape) if !repeat && !shift => Some(Shortcut::Back),
        Key::Character(_) if !repeat => {
            let Key::Character(text) = modified_key.as_ref() else { return None };
            text.chars().next().filter(|c| matches!(c, '0'..='9' | '*' | '#')).map(Shortcut::Digit)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iced::keyboard::{Location, key};

    fn press(key: Key, modifiers: Modifiers) -> Event {
        Event::Keyboard(keyboard::Event::KeyPressed {
            modified_key: key.clone(),
            key,
            physical_key: key::Physical::Unidentified(key::NativeCode::Unidentified),
            location: Location::Standard,
            modifiers,
            text: None,
            repeat: false,
        })
    }

    #[test]
    fn ctrl_goes_before_the_fields_and_the_rest_after_them() {
        let none = Modifiers::empty();
        let ctrl_two = press(Key::Character("2".into()), Modifiers::CTRL);
        assert_eq!((first(&ctrl_two), last(&ctrl_two)), (Some(Shortcut::Tab(1)), None));
        let two = press(Key::Character("2".into()), none);
        assert_eq!((first(&two), last(&two)), (None, Some(Shortcut::Digit('2'))));
        assert_eq!(last(&press(Key::Named(Named::Tab), none)), Some(Shortcut::Next));
        assert_eq!(last(&press(Key::Named(Named::Tab), Modifiers::SHIFT)), Some(Shortcut::Previous));
        assert_eq!(last(&press(Key::Named(Named::Escape), none)), Some(Shortcut::Back));
        assert_eq!(last(&press(Key::Character("a".into()), none)), None);
        assert_eq!(first(&press(Key::Named(Named::Enter), Modifiers::CTRL)), Some(Shortcut::Answer));
    }
}
