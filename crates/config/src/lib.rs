//! All that the user can say, and what it means.
//!
//! [`KEYS`] is the one list of settings. Parser, `--help`, `tracehound config` and docs/configuration.md are made of it, so
//! they cannot disagree. Settings take two steps: [`Said`] holds what was said, as text, and where each value comes from;
//! [`Config`] is what it means, typed and checked. A flag wins over the environment, the environment over the default.
//!
//! Nothing here reads the process environment or a file: the caller hands in what it found.

mod error;
mod flags;
mod keys;
mod reference;
mod resolve;
mod said;

pub use error::Error;
pub use flags::{environment_help, flags};
pub use keys::{API_HOSTS, API_PORT, DATA_DIR, Flag, KEYS, Key, Kind, RECEIVER_PORT};
pub use reference::reference;
pub use resolve::Config;
pub use said::{Origin, Said, Value};
