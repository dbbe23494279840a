//! Chooses the value of each setting from the places that say something.

use super::Origin;
use super::keys::{self, Key};
use super::kind::{self, Kind, Reading};
use super::layer::Layer;
use super::otel::{self, Meaning};
use super::tags::{self, Tags};

/// Longest part of a refused value that a warning repeats, in characters.
const SHOWN_CHARS: usize = 100;

/// The name under which tags have OpenTelemetry's form.
const ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";

/// The value of one setting.
#[derive(Clone, Debug)]
pub(super) struct Resolved {
    pub(super) key: &'static Key,
    /// In the form in which it is reported, which its kind can read.
    pub(super) value: String,
    pub(super) origin: Origin,
}

/// The value of every setting. All of it is asked at the start, which is why much is cold.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    all: Vec<Resolved>,
    /// The tags of `DD_TAGS`; those of OpenTelemetry may hold what its text form cannot.
    tags: Tags,
}

impl Settings {
    /// The first of `layers` that holds a proper value decides, and the default if none does.
    pub(super) fn resolve(layers: &[Layer], warnings: &mut Vec<String>) -> Settings {
        let mut tags = Tags::new();
        let all = keys::ALL.iter().map(|key| value_of(key, layers, &mut tags, warnings)).collect();
        Settings { all, tags }
    }

    /// The setting with exactly this name.
    #[cold]
    pub(super) fn get(&self, name: &str) -> Option<&Resolved> {
        self.all.iter().find(|setting| setting.key.name == name)
    }

    /// Its value as a text of its own.
    #[cold]
    pub(super) fn text(&self, name: &str) -> String {
        self.value(name).to_owned()
    }

    /// Its value, which says yes or no.
    #[cold]
    pub(super) fn switch(&self, name: &str) -> bool {
        kind::switch(self.value(name)).unwrap_or_default()
    }

    /// Its value; empty if there is no such setting.
    pub(super) fn value(&self, name: &str) -> &str {
        debug_assert!(self.get(name).is_some(), "{name} is not in the table");
        self.get(name).map_or("", |setting| &setting.value)
    }

    /// Where its value comes from.
    pub(super) fn origin(&self, name: &str) -> Origin {
        self.get(name).map_or(Origin::Default, |setting| setting.origin)
    }

    /// Whether anybody said anything about it.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.origin(name) != Origin::Default
    }

    /// The tags of `DD_TAGS`, which are given away once.
    pub(super) fn take_tags(&mut self) -> Tags {
        std::mem::take(&mut self.tags)
    }

    /// Puts a value that follows from other settings in place of its own.
    #[cold]
    pub(super) fn set(&mut self, name: &str, value: String, origin: Origin) {
        if let Some(setting) = self.all.iter_mut().find(|setting| setting.key.name == name) {
            (setting.value, setting.origin) = (value, origin);
        }
    }
}

fn value_of(key: &'static Key, layers: &[Layer], tags: &mut Tags, warnings: &mut Vec<String>) -> Resolved {
    for layer in layers {
        for name in std::iter::once(key.name).chain(key.aliases.iter().copied()) {
            let Some(text) = layer.get(name).filter(|text| !text.is_empty() || key.kind.takes_empty()) else {
                continue;
            };
            let told = match otel::translate(key, name, text, layer) {
                Meaning::Says(told) => told,
                Meaning::Nothing => continue,
                Meaning::Wrong => {
                    warn_once(warnings, refusal(key, name, text));
                    continue;
                }
            };
            let value = match read(key, name, &told) {
                Reading::Whole(value) => value,
                Reading::Partly(value, complaint) => {
                    warn_once(warnings, format!("{name}: {complaint}"));
                    value
                }
                Reading::Wrong => {
                    warn_once(warnings, refusal(key, name, &told));
                    continue;
                }
            };
            if key.kind == Kind::Tags {
                *tags = tags_of(name, &told);
            }
            return Resolved { key, value, origin: layer.origin };
        }
    }
    Resolved { key, value: key.default.to_owned(), origin: Origin::Default }
}

fn tags_of(name: &str, text: &str) -> Tags {
    match name {
        ATTRIBUTES => tags::parse_attributes(text).unwrap_or_default(),
        _ => tags::parse(text),
    }
}

fn read(key: &Key, name: &str, text: &str) -> Reading {
    match name {
        ATTRIBUTES => {
            let attributes = tags::parse_attributes(text).as_ref().map(tags::shown);
            attributes.map_or(Reading::Wrong, Reading::Whole)
        }
        _ => key.kind.read(text),
    }
}

/// One variable may set several settings; what is wrong with it is told once.
fn warn_once(warnings: &mut Vec<String>, warning: String) {
    if !warnings.contains(&warning) {
        warnings.push(warning);
    }
}

fn refusal(key: &Key, name: &str, text: &str) -> String {
    let shown: String = text.chars().take(SHOWN_CHARS).collect();
    format!("{name}: the invalid value {shown:?} is ignored; it must be {}", key.kind.bounds())
}
