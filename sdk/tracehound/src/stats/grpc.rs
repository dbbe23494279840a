//! The gRPC status of a span, which libraries write as a number, as digits or by one of several names.

/// The tags that may hold the status; the first that does wins. Source: agent-protocol 6.2.
pub(super) const TAGS: [&str; 4] = ["rpc.grpc.status_code", "grpc.code", "rpc.grpc.status.code", "grpc.status.code"];

/// The codes in decimal, and their names without underscores.
const CODES: [(&str, &str); 18] = [
    ("0", "OK"),
    ("1", "CANCELLED"),
    ("2", "UNKNOWN"),
    ("3", "INVALIDARGUMENT"),
    ("4", "DEADLINEEXCEEDED"),
    ("5", "NOTFOUND"),
    ("6", "ALREADYEXISTS"),
    ("7", "PERMISSIONDENIED"),
    ("8", "RESOURCEEXHAUSTED"),
    ("9", "FAILEDPRECONDITION"),
    ("10", "ABORTED"),
    ("11", "OUTOFRANGE"),
    ("12", "UNIMPLEMENTED"),
    ("13", "INTERNAL"),
    ("14", "UNAVAILABLE"),
    ("15", "DATALOSS"),
    ("16", "UNAUTHENTICATED"),
    // After all codes, so that a number is never this one: Go's spelling.
    ("1", "CANCELED"),
];
const HIGHEST_CODE: usize = 16;

/// The status of a tag that holds a number.
pub(super) fn from_number(value: f64) -> Option<&'static str> {
    let is_whole = value.fract() == 0.0 && value >= 0.0;
    if is_whole { from_code(value as usize) } else { None }
}

/// The status of a tag that holds text: digits, or a name in any case, with or without underscores and `StatusCode.` before it.
pub(super) fn from_text(text: &str) -> Option<&'static str> {
    if let Ok(code) = text.parse() {
        return from_code(code);
    }
    let name = text.strip_prefix("StatusCode.").unwrap_or(text);
    let letters = || name.bytes().filter(|&byte| byte != b'_').map(|byte| byte.to_ascii_uppercase());
    CODES.iter().find(|(_, name)| letters().eq(name.bytes())).map(|&(code, _)| code)
}

fn from_code(code: usize) -> Option<&'static str> {
    let (digits, _) = CODES.get(..=HIGHEST_CODE)?.get(code)?;
    Some(digits)
}

#[cfg(test)]
#[path = "tests/grpc.rs"]
mod tests;
