//! The tracer for applications: what its users take with it, and where it has to build.

mod majors;
mod platforms;
mod public_api;
mod weight;

use crate::Result;
use crate::workshop::Workshop;

/// The tracer's package.
const CORE: &str = "tracehound";

/// Its dependencies are few, its public names are its own, and it builds wherever it is said to.
pub(crate) fn run(workshop: &Workshop) -> Result {
    weight::check(workshop)?;
    public_api::check(workshop)?;
    platforms::check(workshop)?;
    majors::check(workshop)
}
