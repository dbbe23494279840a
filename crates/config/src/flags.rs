//! The table as a command line.

use std::ffi::OsString;

use clap::{Arg, value_parser};

use crate::KEYS;

/// One argument per key that has a flag, valid behind every subcommand. Values are taken as text: the second step checks
/// them, so that a bad value is told in the same words wherever it comes from.
pub fn flags() -> impl Iterator<Item = Arg> {
    KEYS.into_iter().filter_map(|key| {
        let flag = key.flag.as_ref()?;
        let help = format!("{} [default: {}] [env: {}]", key.doc, key.default, key.environment.join(", "));
        let arg = Arg::new(flag.long).long(flag.long).value_name(flag.value_name).help(help);
        Some(arg.global(true).value_parser(value_parser!(OsString)))
    })
}

/// What `--help` says about the keys that only the environment sets, one line each.
pub fn environment_help() -> String {
    let only = KEYS.iter().filter(|key| key.flag.is_none());
    only.map(|key| format!("  {}  {}\n", key.environment.join(", "), key.doc)).collect()
}
