//! The field's fixed limits, each with its origin.

/// Longest service name, span name and span type, in bytes. Source: agent-protocol 3.2.
pub const MAX_NAME_BYTES: usize = 100;

/// Longest resource, in bytes (`apm_config.max_resource_len`). Source: agent-protocol 3.5.
pub const MAX_RESOURCE_BYTES: usize = 5_000;

/// Longest tag key of `meta` and `metrics`, in bytes. Source: agent-protocol 3.5.
pub const MAX_TAG_KEY_BYTES: usize = 200;

/// Longest value of a `meta` tag, in bytes. Source: agent-protocol 3.5.
pub const MAX_TAG_VALUE_BYTES: usize = 25_000;

/// Largest request body of a trace route, in bytes; one of exactly this size is refused. Source: agent-protocol 1.1, 10.
pub const MAX_BODY_BYTES: usize = 25 * 1024 * 1024;

/// Most that a decoded body may hold in memory, in bytes: three times the largest body. Source: reliability 6.
pub const MAX_DECODED_BYTES: usize = 75 * 1024 * 1024;

/// Most text that a decoded body may stand for, every span with its own copy of its strings, in bytes. A dictionary names a
/// string of 25 kB in one byte, so memory does not bound this; disk and answers have to. Twice what the largest body of
/// spans with tags of ordinary length has, of which it may hold 400,000.
pub const MAX_TEXT_BYTES: u64 = 1024 * 1024 * 1024;

/// Deepest nesting of arrays and maps in a body. Source: reliability 6.
pub const MAX_NESTING: usize = 64;
