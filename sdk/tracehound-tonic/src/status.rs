//! The status of a call, as it stands in a head or in trailers.

use http::HeaderMap;
use tonic::Status;

/// The code and the message, if there are any.
pub(crate) fn read(headers: &HeaderMap) -> Option<(u32, String)> {
    let status = Status::from_header_map(headers)?;
    Some((code(&status), status.message().to_owned()))
}

/// The code's number, 0 to 16.
pub(crate) fn code(status: &Status) -> u32 {
    u32::try_from(i32::from(status.code())).unwrap_or_default()
}
