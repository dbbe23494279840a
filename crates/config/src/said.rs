//! The first step: what was said, as text, each value with its origin.

use std::ffi::OsString;
use std::fmt;

use clap::ArgMatches;

use crate::{KEYS, Key};

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nothing was said.
    Default,
    /// The environment variable of this name.
    Environment(&'static str),
    /// The flag of this name, without its dashes.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::Environment(name) => write!(f, "environment {name}"),
            Origin::Flag(long) => write!(f, "flag --{long}"),
        }
    }
}

/// A value as it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The text, not looked at yet.
    pub text: OsString,
    /// Where it comes from.
    pub origin: Origin,
}

/// What was said, for every key.
#[derive(Clone, Debug)]
pub struct Said {
    /// In the order of [`KEYS`].
    values: [Value; KEYS.len()],
}

impl Said {
    /// Collects flags from `matches`, which came from a parser with [`flags`](crate::flags), and the rest from
    /// `environment`, which gives the value of a variable.
    ///
    /// An environment variable that is empty counts as not set, as in the agent.
    pub fn collect(matches: &ArgMatches, environment: impl Fn(&str) -> Option<OsString>) -> Said {
        Said { values: KEYS.map(|key| value(key, matches, &environment)) }
    }

    /// What was said about one key.
    pub fn of(&self, key: &Key) -> &Value {
        let known = KEYS.iter().position(|known| known.name == key.name);
        &self.values[known.expect("every key is in the table")]
    }
}

fn value(key: &Key, matches: &ArgMatches, environment: impl Fn(&str) -> Option<OsString>) -> Value {
    if let Some(flag) = &key.flag
        && let Some(text) = matches.get_one::<OsString>(flag.long)
    {
        return Value { text: text.clone(), origin: Origin::Flag(flag.long) };
    }
    let set = |name: &&'static str| Some((*name, environment(name).filter(|text| !text.is_empty())?));
    match key.environment.iter().find_map(set) {
        Some((name, text)) => Value { text, origin: Origin::Environment(name) },
        None => Value { text: key.default.into(), origin: Origin::Default },
    }
}

/// One line per key: name, value and origin, in columns.
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = self.values.each_ref().map(|value| value.text.display().to_string());
        let width = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0);
        for ((key, text), value) in KEYS.iter().zip(texts).zip(&self.values) {
            writeln!(f, "{:<13}  {text:<width$}  {}", key.name, value.origin)?;
        }
        Ok(())
    }
}
