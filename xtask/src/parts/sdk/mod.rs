//! The tracer for applications: what its users take with it, and where it has to build.

mod majors;
mod models;
mod platforms;
mod public_api;
mod weight;

use crate::Result;
use crate::workshop::Workshop;

/// The tracer's package.
const CORE: &str = "tracehound";

/// Its dependencies are few, its public names are its own, it builds wherever it is said to, and no order of
/// threads breaks it.
pub(crate) fn run(workshop: &Workshop) -> Result {
    weight::check(workshop)?;
    public_api::check(workshop)?;
    platforms::check(workshop)?;
    majors::check(workshop)?;
    models::check(workshop)
}
