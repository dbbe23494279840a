//! Material that stands beside a checkout where the project is developed, and nowhere else: more recordings, and services
//! to run live. What needs it is skipped where it is absent.

use std::path::PathBuf;

use crate::Result;
use crate::outcome::Problem;
use crate::workshop::Workshop;

/// Relative to the root of the workspace.
pub(crate) const FOLDER: &str = "../shared";

/// A file or folder of it.
pub(crate) fn find(workshop: &Workshop, path: &str) -> Result<PathBuf> {
    let found = workshop.root.join(FOLDER).join(path);
    if found.exists() { Ok(found) } else { Err(Problem::Absent(format!("there is no {FOLDER}/{path}"))) }
}
