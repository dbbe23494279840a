//! Where things are.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::outcome::Problem;
use crate::{Result, cargo, shell};

/// The checkout, and what the parts make and share.
pub(crate) struct Workshop {
    /// The root of the workspace.
    pub(crate) root: PathBuf,
    /// Cargo's folder for what can be made again.
    pub(crate) target: PathBuf,
    release_program: OnceCell<Result<PathBuf>>,
}

impl Workshop {
    /// The checkout that this program was built from.
    pub(crate) fn open() -> Result<Workshop> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf();
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        Ok(Workshop { root, target, release_program: OnceCell::new() })
    }

    /// The program as users build it. Built when it is first asked for.
    pub(crate) fn release_program(&self) -> Result<&Path> {
        let built = self.release_program.get_or_init(|| {
            cargo::run(self, &["build", "--release", "--locked", "--package", "tracehound-server"])?;
            Ok(self.target.join("release/tracehound"))
        });
        built.as_deref().map_err(Problem::clone)
    }

    /// The files of the repository: those that git follows, and new ones that it does not ignore.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>> {
        let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
        let listed = shell::read(Command::new("git").current_dir(&self.root).args(arguments), "apt-get install git")?;
        let paths = listed.split_terminator('\0').map(PathBuf::from);
        // A file that was just deleted is still in the index.
        Ok(paths.filter(|path| self.root.join(path).is_file()).collect())
    }
}
