//! The program under drill: one that is named, or the one of this checkout, built as the drill itself was.

use std::io;
use std::path::PathBuf;
use std::process::Command;

use crate::arguments::Arguments;

/// What is run.
pub(crate) struct Program {
    /// The file.
    pub(crate) path: PathBuf,
    /// How it was built, as far as that is known.
    pub(crate) profile: String,
}

/// Finds or builds the program.
pub(crate) fn find(arguments: &Arguments) -> io::Result<Program> {
    let path = match arguments.get("--program") {
        Some(path) => PathBuf::from(path),
        None => build()?,
    };
    // Cargo names the folder after the profile.
    let folder = path.parent().and_then(|folder| folder.file_name());
    let profile = folder.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Ok(Program { path, profile })
}

fn build() -> io::Result<PathBuf> {
    let drill = std::env::current_exe()?;
    let folder = drill.parent().ok_or_else(|| io::Error::other("the drill is in no folder"))?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--package", "tracehound-server"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.arg("--target-dir").arg(folder.join(".."));
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    if !cargo.status()?.success() {
        return Err(io::Error::other("the program does not build"));
    }
    Ok(folder.join("tracehound"))
}
