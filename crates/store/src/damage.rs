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
        let mut tables = self.tables.write();
        let known = tables.parts.iter().any(|other| Arc::ptr_eq(other, part));
        if !known && matches!(error, Error::Damaged(_)) {
            // Another query was first.
            return Ok(None);
        }
        self.unless_lost(&part.meta().name, error)?;
        tables.parts.retain(|other| !Arc::ptr_eq(other, part));
        self.show(&tables);
        Ok(None)
    }

    /// Sets a part aside that is damaged or gone. Any other error is handed back.
    pub(crate) fn unless_lost(&self, name: &PartName, error: Error) -> Result<(), Error> {
        match error {
            Error::Damaged(what) => self.set_part_aside(name, &what),
            Error::Io { kind: ErrorKind::NotFound, message, .. } => self.set_part_aside(name, &message),
            error => Err(error),
        }
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
