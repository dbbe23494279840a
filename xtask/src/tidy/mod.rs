//! Rules about the tree that no compiler knows.

mod layers;
mod leftovers;
mod links;

use crate::Result;
use crate::outcome::Problem;
use crate::workshop::Workshop;

/// Checks all rules and names every breach.
pub(crate) fn run(workshop: &Workshop) -> Result {
    let breaches = [layers::check(workshop)?, leftovers::check(workshop)?, links::check(workshop)?].concat();
    if breaches.is_empty() {
        return Ok(());
    }
    Err(Problem::failed(format!("{} breaches of the tree's rules\n{}", breaches.len(), breaches.join("\n"))))
}
