//! Where damaged files go: moved aside, named in the log, counted, never deleted. The rest is served.

use std::sync::Arc;

use tracehound_platform::{Files, write_durably};
use tracehound_telemetry::Metrics;
// One directory for all that is set aside, by the log too.
use tracehound_wal::QUARANTINE_DIRECTORY as DIRECTORY;

use crate::error::{Error, io_error};

/// Sets files aside.
pub(crate) struct Quarantine {
    files: Arc<dyn Files>,
    metrics: Arc<Metrics>,
}

impl Quarantine {
    pub(crate) fn new(files: Arc<dyn Files>, metrics: Arc<Metrics>) -> Quarantine {
        Quarantine { files, metrics }
    }

    /// Moves the file at `path` aside, keeping its name. A file that is not there is only reported.
    pub(crate) fn set_aside(&self, path: &str, what: &str) -> Result<(), Error> {
        self.files.create_dir(DIRECTORY).map_err(io_error("create", DIRECTORY))?;
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        let target = self.free_name(name)?;
        match self.files.rename(path, &target) {
            Ok(()) => tracing::error!(path, target, what, "set a damaged file aside"),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                tracing::error!(path, what, "a file is missing");
            }
            Err(error) => return Err(io_error("set aside", path)(error)),
        }
        self.metrics.quarantined_files.inc();
        for changed in [directory, DIRECTORY] {
            self.files.sync_dir(changed).map_err(io_error("sync", changed))?;
        }
        Ok(())
    }

    /// Keeps bytes of the log as a file of their own, whose name no other bytes ever get. The log has them until a flush
    /// lets go of them, so an earlier start may have kept them already.
    pub(crate) fn keep(&self, name: &str, bytes: &[u8], what: &str) -> Result<(), Error> {
        self.files.create_dir(DIRECTORY).map_err(io_error("create", DIRECTORY))?;
        let target = format!("{DIRECTORY}/{name}");
        if !self.files.exists(&target).map_err(io_error("find", &target))? {
            write_durably(&*self.files, &target, bytes).map_err(io_error("write", &target))?;
        }
        self.metrics.quarantined_files.inc();
        tracing::error!(target, what, "set damaged bytes aside");
        Ok(())
    }

    /// `name` in the quarantine, numbered if an earlier file of that name is there: nothing is overwritten.
    fn free_name(&self, name: &str) -> Result<String, Error> {
        let taken = self.files.list(DIRECTORY).map_err(io_error("list", DIRECTORY))?;
        let names = std::iter::once(name.to_owned()).chain((1..).map(|n| format!("{name}.{n}")));
        let free = names.into_iter().find(|name| !taken.contains(name)).expect("there is always a further number");
        Ok(format!("{DIRECTORY}/{free}"))
    }
}
