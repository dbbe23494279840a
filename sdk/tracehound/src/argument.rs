//! What a variable says about itself as a tag: the value that it converts to, else its `Display`, else its `Debug`, else its type.
//!
//! Which of them is found as [`error_tags`](crate::error_tags) finds out about errors.

#![allow(missing_docs, reason = "hidden; what a trait is for stands at the trait")]

use std::any::type_name;
use std::fmt::{Debug, Display};

use crate::bounded_text::bounded;
use crate::tag::TagValue;

/// A variable that becomes a tag.
#[derive(Debug)]
pub struct Argument<'a, T: ?Sized>(pub &'a T);

/// What converts by itself: texts, numbers, truth values.
pub trait ConvertedArgument<'a> {
    fn tracehound_tag_value(&self) -> TagValue<'a>;
}

impl<'a, T: ?Sized> ConvertedArgument<'a> for &&&Argument<'a, T>
where
    &'a T: Into<TagValue<'a>>,
{
    #[inline]
    fn tracehound_tag_value(&self) -> TagValue<'a> {
        self.0.into()
    }
}

/// One rung further up: an `Option` of such.
impl<'a, T> ConvertedArgument<'a> for &&&&Argument<'a, Option<T>>
where
    &'a T: Into<TagValue<'a>>,
{
    #[inline]
    fn tracehound_tag_value(&self) -> TagValue<'a> {
        self.0.as_ref().map_or(TagValue::Nothing, Into::into)
    }
}

/// What is made to be read by people.
pub trait DisplayArgument {
    fn tracehound_tag_value(&self) -> TagValue<'static>;
}

impl<T: Display + ?Sized> DisplayArgument for &&Argument<'_, T> {
    fn tracehound_tag_value(&self) -> TagValue<'static> {
        display_text(self.0).into()
    }
}

/// What is made to be read by developers.
pub trait DebugArgument {
    fn tracehound_tag_value(&self) -> TagValue<'static>;
}

impl<T: Debug + ?Sized> DebugArgument for &Argument<'_, T> {
    fn tracehound_tag_value(&self) -> TagValue<'static> {
        debug_text(self.0).into()
    }
}

/// What cannot be read at all.
pub trait NamedArgument {
    fn tracehound_tag_value(&self) -> TagValue<'static>;
}

impl<T: ?Sized> NamedArgument for Argument<'_, T> {
    fn tracehound_tag_value(&self) -> TagValue<'static> {
        type_name::<T>().into()
    }
}

/// The text of `%value`.
pub fn display_text<T: Display + ?Sized>(value: &T) -> String {
    bounded(format_args!("{value}"))
}

/// The text of `?value`.
pub fn debug_text<T: Debug + ?Sized>(value: &T) -> String {
    bounded(format_args!("{value:?}"))
}

/// The tag of a variable that is named without a value.
#[doc(hidden)]
#[macro_export]
macro_rules! __argument {
    ($variable:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::{ConvertedArgument as _, DebugArgument as _, DisplayArgument as _, NamedArgument as _};
        (&&&&&$crate::__private::Argument(&$variable)).tracehound_tag_value()
    }};
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    struct Opaque;

    macro_rules! of {
        ($variable:expr) => {
            (&&&&&Argument(&$variable)).tracehound_tag_value()
        };
    }

    #[test]
    fn a_variable_becomes_the_best_tag_that_its_type_allows() {
        assert_eq!(of!(7_u8), TagValue::Number(7.0));
        assert_eq!(of!(true), TagValue::from("true"));
        assert_eq!(of!("text"), TagValue::from("text"));
        assert_eq!(of!(*"unsized text"), TagValue::from("unsized text"));
        assert_eq!(of!(String::from("owned")), TagValue::from("owned"));
        assert_eq!(of!(Some(7)), TagValue::Number(7.0));
        assert_eq!(of!(None::<String>), TagValue::Nothing);
        assert_eq!(of!(Some([1])), TagValue::from("Some([1])"));
        assert_eq!(of!(Ipv4Addr::LOCALHOST), TagValue::from("127.0.0.1"));
        assert_eq!(of!([1, 2]), TagValue::from("[1, 2]"));
        assert_eq!(of!(Opaque), TagValue::from(type_name::<Opaque>()));
    }
}
