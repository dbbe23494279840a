//! What the store does with a part that is damaged or gone: it goes aside, off the manifest, and the rest is served.

use std::io::ErrorKind;
use std::sync::Arc;

use tracehound_part::{Part, PartName};

use crate::Error;
use crate::core::Core;
use crate::error::{io_error, part_error};

impl Core {
    /// What a part answered. None if it turned out to be damaged: then it is set aside.
    pub(crate) fn unless_damaged<T>(
        &self,
        part: &Arc<Part>,
        answer: Result<T, tracehound_part::Error>,
    ) -> Result<Option<T>, Error> {
        let error = match answer {
            Ok(answer) => return Ok(Some(answer)),
            Err(error) => part_error(error),
        };
        // Of several queries that meet the damage, the one that takes the part away moves its files, and holds up nobody
        // meanwhile.
        if is_loss(&error) && !self.withdraw(part) {
            return Ok(None);
        }
        self.unless_lost(&part.meta().name, error).map(|()| None)
    }

    /// Sets a part aside that is damaged or gone. Any other error is handed back.
    pub(crate) fn unless_lost(&self, name: &PartName, error: Error) -> Result<(), Error> {
        if is_loss(&error) { self.set_part_aside(name, &error.to_string()) } else { Err(error) }
    }

    /// Hides a part from queries to come. False if it is hidden already.
    fn withdraw(&self, part: &Arc<Part>) -> bool {
        let mut tables = self.tables.write();
        let shown = tables.parts.len();
        tables.parts.retain(|other| !Arc::ptr_eq(other, part));
        self.show(&tables);
        tables.parts.len() < shown
    }

    fn set_part_aside(&self, name: &PartName, what: &str) -> Result<(), Error> {
        self.quarantine.set_aside(&name.parquet_path(), what)?;
        let sidecar = name.sidecar_path();
        if self.files.exists(&sidecar).map_err(io_error("find", &sidecar))? {
            self.quarantine.set_aside(&sidecar, what)?;
        }
        self.note_parts(&[], &[*name]);
        Ok(())
    }

    /// Tells the manifest of parts that were found or lost. If that cannot be written now, the next start finds the same.
    pub(crate) fn note_parts(&self, found: &[PartName], lost: &[PartName]) {
        if let Err(error) = self.manifest.lock().commit(found, lost, 0) {
            tracing::warn!(%error, "cannot note parts that were found or lost");
        }
    }
}

/// Whether an error means that the rows of a part are gone, and not that they cannot be reached just now.
fn is_loss(error: &Error) -> bool {
    matches!(error, Error::Damaged(_) | Error::Io { kind: ErrorKind::NotFound, .. })
}
