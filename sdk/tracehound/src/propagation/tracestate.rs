//! W3C `tracestate`: a list of members, one of which is ours.
//!
//! ```text
//! tracestate: dd=s:2;o:rum;p:00f067aa0ba902b7;t.dm:-4;t.usr.id:baz64~~,congo=t61rcWkgMzE
//!             s  the sampling priority      p   the last span of a Datadog tracer
//!             o  the origin                 t.  a tag _dd.p.*
//! ```
//!
//! Commas and semicolons end what they stand in, so they become `_`, and so does what is not printable ASCII; `=` becomes `~`, which is
//! turned back when it is read. Our member comes first and has 256 characters at most: fields that do not fit are left out whole.
//! The members of others are kept as they are and in order, up to 32 members in all. Source: W3C Trace Context, 3.3.

use std::borrow::Cow;
use std::fmt::Write;

use super::carrier::Extract;
use super::header::{OPTIONAL_WHITESPACE, is_printable};
use super::{Extracted, LastParent, Outgoing, ot, tags};

/// What our member begins with.
const OURS: &str = "dd=";

/// The longest member of ours, in characters, the `dd=` included.
const MAX_OUR_LEN: usize = 256;

/// What `;p:` and a span id take up, in characters: always enough is left for them.
const LAST_PARENT_LEN: usize = 19;

/// The members of others that go out: 32 in all, one of them ours.
pub(super) const MAX_OTHERS: usize = 31;

/// The longest member of others, in characters: a key of 256, `=`, a value of 256.
const MAX_OTHER_LEN: usize = 513;

/// Reads all headers called `name` as one list. `sampled` is the flag of `traceparent`, which wins over a priority that contradicts it.
pub(super) fn read(carrier: &dyn Extract, name: &str, sampled: bool, extracted: &mut Extracted) {
    let mut others = 0;
    let mut ours_seen = false;
    carrier.get(name, &mut |header| {
        for member in header.split(',').map(|member| member.trim_matches(OPTIONAL_WHITESPACE)) {
            match member.strip_prefix(OURS) {
                Some(_) if ours_seen => {}
                Some(fields) => {
                    ours_seen = true;
                    if member.len() <= MAX_OUR_LEN && is_printable(member) {
                        read_ours(fields, sampled, extracted);
                    }
                }
                None if others < MAX_OTHERS && is_member(member) => {
                    if let Some(member) = ot::sanitized(member) {
                        others += 1;
                        separate(&mut extracted.tracestate, ",");
                        extracted.tracestate.push_str(&member);
                    }
                }
                None => {}
            }
        }
    });
}

/// Whether a member may go out again: invalid ones would make receivers drop the whole list, ours included.
fn is_member(member: &str) -> bool {
    let keyed = member.find('=').is_some_and(|at| at > 0);
    keyed && member.len() <= MAX_OTHER_LEN && is_printable(member)
}

fn read_ours(fields: &str, sampled: bool, extracted: &mut Extracted) {
    let mut priority = None;
    for (key, value) in fields.split(';').filter_map(|field| field.split_once(':')) {
        match key {
            "s" => priority = value.parse().ok(),
            "o" if !value.is_empty() => extracted.origin = Some(value.replace('~', "=")),
            "p" if !value.is_empty() => extracted.last_parent_id = Some(value.to_owned()),
            _ => {
                if let Some(name) = key.strip_prefix("t.") {
                    read_tag(name, value, extracted);
                }
            }
        }
    }
    if let Some(priority) = priority {
        reconcile(sampled, priority, extracted);
    }
}

fn read_tag(name: &str, value: &str, extracted: &mut Extracted) {
    if name == tags::HIGH_HALF {
        check_high_half(value, extracted);
    } else if !value.is_empty() {
        tags::set(name, Cow::Owned(value.replace('~', "=")), extracted);
    }
}

/// The id in `traceparent` stands whatever is said here.
fn check_high_half(value: &str, extracted: &mut Extracted) {
    let error = match tags::high_half(value) {
        None => "malformed_tid",
        Some(high) if high != (extracted.trace_id >> 64) as u64 => "inconsistent_tid",
        Some(_) => return,
    };
    extracted.propagation_error = Some(Cow::Owned(format!("{error} {value}")));
}

/// The flag of `traceparent` says whether the trace is kept, our priority how much it matters. If they disagree, a tracer of others has
/// decided anew: its flag holds, and the old decision maker does not.
fn reconcile(sampled: bool, priority: i32, extracted: &mut Extracted) {
    if sampled == (priority > 0) {
        extracted.priority = Some(priority);
        return;
    }
    extracted.priority = Some(i32::from(sampled));
    if sampled {
        tags::set(tags::DECISION_MAKER, Cow::Borrowed("-0"), extracted);
    } else {
        tags::remove(tags::DECISION_MAKER, extracted);
    }
}

/// Appends the header's value.
pub(super) fn write(outgoing: &Outgoing<'_>, out: &mut String) {
    write_ours(outgoing, out);
    if !outgoing.tracestate.is_empty() {
        separate(out, ",");
        out.push_str(outgoing.tracestate);
    }
}

fn write_ours(outgoing: &Outgoing<'_>, out: &mut String) {
    let mut member = Member { start: out.len(), out };
    if let Some(priority) = outgoing.priority {
        member.field(MAX_OUR_LEN, |out| write!(out, "s:{priority}"));
    }
    if let Some(origin) = outgoing.origin {
        member.field(MAX_OUR_LEN - LAST_PARENT_LEN, |out| {
            out.push_str("o:");
            push_substituted(out, origin, '!', value_character);
            Ok(())
        });
    }
    match outgoing.last_parent {
        LastParent::ThisSpan => member.field(MAX_OUR_LEN, |out| write!(out, "p:{:016x}", outgoing.span_id)),
        LastParent::Received(Some(id)) => member.field(MAX_OUR_LEN, |out| write!(out, "p:{id}")),
        LastParent::Received(None) => {}
    }
    for (key, value) in outgoing.tags {
        let Some(name) = key.strip_prefix(tags::PREFIX) else { continue };
        member.field(MAX_OUR_LEN, |out| {
            out.push_str("t.");
            push_substituted(out, name, ' ', key_character);
            out.push(':');
            push_substituted(out, value, ' ', value_character);
            Ok(())
        });
    }
}

/// Our member as it grows.
struct Member<'a> {
    out: &'a mut String,
    start: usize,
}

impl Member<'_> {
    /// Appends a field, unless the member would become longer than `limit`.
    fn field(&mut self, limit: usize, append: impl FnOnce(&mut String) -> std::fmt::Result) {
        let before = self.out.len();
        self.out.push_str(if before == self.start { OURS } else { ";" });
        let written = append(self.out);
        if written.is_err() || self.out.len() - self.start > limit {
            self.out.truncate(before);
        }
    }
}

/// Appends `text` with each character substituted; a run of characters that are not printable, or below `lowest`, counts as one.
fn push_substituted(out: &mut String, text: &str, lowest: char, substitute: fn(char) -> char) {
    let mut in_run = false;
    for character in text.chars() {
        let printable = (lowest..='~').contains(&character);
        if printable {
            out.push(substitute(character));
        } else if !in_run {
            out.push('_');
        }
        in_run = !printable;
    }
}

fn key_character(character: char) -> char {
    match character {
        ',' | ';' | ':' | '=' => '_',
        other => other,
    }
}

fn value_character(character: char) -> char {
    match character {
        ',' | ';' | '~' => '_',
        '=' => '~',
        other => other,
    }
}

fn separate(out: &mut String, separator: &str) {
    if !out.is_empty() {
        out.push_str(separator);
    }
}

#[cfg(test)]
mod tests;
