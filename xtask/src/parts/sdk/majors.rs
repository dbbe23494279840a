//! Integrations for other majors of their libraries: packages beside the workspace, each with a lock of its own, made of the same sources.

use std::fs;

use crate::workshop::Workshop;
use crate::{Result, cargo};

/// Where they are.
pub(crate) const FOLDER: &str = "sdk/majors";

pub(super) fn check(workshop: &Workshop) -> Result {
    let target = workshop.target.join("majors");
    let mut folders = fs::read_dir(workshop.root.join(FOLDER))?.collect::<std::io::Result<Vec<_>>>()?;
    folders.sort_by_key(fs::DirEntry::file_name);
    for folder in folders {
        println!("checking {}", folder.file_name().to_string_lossy());
        let (manifest, target) = (folder.path().join("Cargo.toml"), target.to_string_lossy());
        let manifest = manifest.to_string_lossy();
        let arguments =
            ["check", "--quiet", "--all-features", "--locked", "--manifest-path", &*manifest, "--target-dir", &*target];
        cargo::run(workshop, &arguments)?;
    }
    Ok(())
}
