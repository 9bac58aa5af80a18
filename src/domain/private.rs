//! `Private<T>`: a value that never reaches a log, a panic text or a `Debug` print.
//! Passwords, message bodies, phone numbers and codes travel inside it.
use serde::{Deserialize, Serialize};
use std::fmt;

/// A secret or personal value. `Debug` prints `‹private›`; reading it takes a visible [`Private::expose`].
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Private<T>(T);

impl<T> Private<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }
    /// The value itself: call it only where the value has to leave (wire, store, screen).
    pub const fn expose(&self) -> &T {
        &self.0
    }
    /// Unwraps the value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Private<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl From<&str> for Private<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl<T> fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹private›")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_value() {
        let secret: Private<String> = Private::from("hunter2");
        assert_eq!(format!("{secret:?}"), "‹private›");
        assert_eq!(format!("{:?}", Some(vec![secret])), "Some([‹private›])");
    }
}
