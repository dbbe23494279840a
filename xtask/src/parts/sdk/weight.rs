//! How many crates come along with the tracer.

use std::collections::BTreeSet;

use super::CORE;
use crate::outcome::Problem;
use crate::workshop::Workshop;
use crate::{Result, cargo};

/// The most there may be, the tracer itself included: a promise of its page.
const MAX_CRATES: usize = 12;

/// Crates that would bring a runtime, TLS or C along.
const UNWANTED: [&str; 6] = ["cc", "native-tls", "openssl-sys", "ring", "rustls", "tokio"];

pub(super) fn check(workshop: &Workshop) -> Result {
    let tree =
        cargo::read(workshop, &["tree", "-p", CORE, "-e", "normal,no-proc-macro", "--prefix", "none", "--locked"])?;
    let crates: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    let unwanted: Vec<&str> = UNWANTED.into_iter().filter(|name| crates.contains(name)).collect();
    println!("{} crates: {}", crates.len(), crates.iter().copied().collect::<Vec<_>>().join(" "));
    if crates.len() > MAX_CRATES || !unwanted.is_empty() {
        let unwanted = unwanted.join(" ");
        return Err(Problem::failed(format!(
            "{} crates, {MAX_CRATES} are the most; unwanted: {unwanted}",
            crates.len()
        )));
    }
    Ok(())
}
