//! The table as a command line.

use std::ffi::OsString;

use clap::{Arg, value_parser};

use crate::KEYS;

/// One argument per key that has a flag, valid behind every subcommand. Values are taken as text: the second step checks
/// them, so that a bad value is told in the same words wherever it comes from.
pub fn flags() -> impl Iterator<Item = Arg> {
    KEYS.into_iter().filter_map(|key| {
        let flag = key.flag.as_ref()?;
        let said = format!("[default: {}] [env: {}]", key.default, key.environment.join(", "));
        let long_help = format!("{}\nTakes {}\n{said}", key.doc, key.kind.bounds());
        let arg = Arg::new(flag.long).long(flag.long).value_name(flag.value_name);
        let arg = arg.help(format!("{} {said}", key.doc)).long_help(long_help);
        Some(arg.global(true).value_parser(value_parser!(OsString)))
    })
}

/// What `--help` says about the keys that only the environment sets.
pub fn environment_help() -> String {
    let only = KEYS.iter().filter(|key| key.flag.is_none());
    only.map(|key| format!("  {}\n          {}\n", key.environment.join(", "), key.doc)).collect()
}
