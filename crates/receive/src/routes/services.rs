//! The services routes: tracers of old described their services there; nobody has read it since 2019.

use http::request::Parts;

use crate::answer::{self, Answer, TEXT};
use crate::{Error, headers};

/// Accepts any description and forgets it.
pub(crate) fn services(head: &Parts) -> Answer {
    if headers::is_cross_site(&head.headers) {
        return answer::error(&Error::CrossSite);
    }
    answer::ok(TEXT, "OK\n")
}
