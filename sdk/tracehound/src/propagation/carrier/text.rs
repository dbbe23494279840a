//! What names and values of headers are made of.

use std::borrow::Cow;

/// Text that a collection of headers may hold: strings, and bytes that may be UTF-8.
///
/// ```
/// use tracehound::carrier::Text;
///
/// assert_eq!(b"abc".as_slice().as_text(), Some("abc"));
/// assert_eq!(vec![0xff].as_text(), None);
/// ```
pub trait Text {
    /// The text, if it is one.
    fn as_text(&self) -> Option<&str>;
}

impl Text for str {
    fn as_text(&self) -> Option<&str> {
        Some(self)
    }
}

impl Text for String {
    fn as_text(&self) -> Option<&str> {
        Some(self)
    }
}

impl Text for Cow<'_, str> {
    fn as_text(&self) -> Option<&str> {
        Some(self)
    }
}

impl Text for [u8] {
    fn as_text(&self) -> Option<&str> {
        std::str::from_utf8(self).ok()
    }
}

impl Text for Vec<u8> {
    fn as_text(&self) -> Option<&str> {
        self.as_slice().as_text()
    }
}

impl<T: Text + ?Sized> Text for &T {
    fn as_text(&self) -> Option<&str> {
        (**self).as_text()
    }
}

/// Whether a name of a header is `name`.
pub(super) fn is_name(key: &impl Text, name: &str) -> bool {
    key.as_text().is_some_and(|key| key.eq_ignore_ascii_case(name))
}
