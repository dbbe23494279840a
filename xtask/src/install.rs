//! What can be installed without asking: Debian packages as root, Python packages into an environment of our own.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::outcome::Problem;
use crate::shell;
use crate::workshop::Workshop;

thread_local! {
    /// Whether the lists of Debian's packages are of today: they are fetched once a run.
    static LISTS_ARE_FRESH: Cell<bool> = const { Cell::new(false) };
}

/// Makes sure that `program` can be started, from the Debian package `package`.
pub(crate) fn debian(program: &str, package: &str) -> Result {
    if shell::exists(program) {
        return Ok(());
    }
    let by_hand = format!("{program} is not installed: apt-get install {package}");
    if !is_root() || !shell::exists("apt-get") {
        return Err(Problem::Missing(by_hand));
    }
    if !LISTS_ARE_FRESH.replace(true) {
        apt_get(&["update"], &by_hand)?;
    }
    apt_get(&["install", "--yes", "--no-install-recommends", package], &by_hand)
}

fn apt_get(arguments: &[&str], by_hand: &str) -> Result {
    let mut command = Command::new("apt-get");
    command.arg("--quiet=2").args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    // As in single-user mode: a server that is installed is not started.
    command.env("RUNLEVEL", "1");
    // Without a network, say, it cannot be installed, which is no fault of what is tested.
    shell::run(&mut command, by_hand).map_err(|_| Problem::Missing(by_hand.to_owned()))
}

fn is_root() -> bool {
    shell::read(Command::new("id").arg("--user"), "").is_ok_and(|id| id.trim() == "0")
}

/// A Python environment below the target folder with the packages that pip finds in `requirements`. Returns its folder of
/// programs. Made anew when the requirements are others than last time.
pub(crate) fn python(workshop: &Workshop, name: &str, requirements: &str) -> Result<PathBuf> {
    let folder = workshop.target.join("python").join(name);
    let (stamp, programs) = (folder.join("installed.txt"), folder.join("bin"));
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == requirements) {
        return Ok(programs);
    }
    make_environment(&folder)?;
    let list = folder.join("requirements.txt");
    fs::write(&list, requirements)?;
    let mut pip = Command::new(programs.join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(list);
    shell::run(&mut pip, "")
        .map_err(|_| Problem::Missing(format!("Python packages could not be installed: {}", one_line(requirements))))?;
    fs::write(stamp, requirements)?;
    Ok(programs)
}

fn make_environment(folder: &Path) -> Result {
    let by_hand = "apt-get install python3-venv";
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv", "--clear"]).arg(folder);
    shell::run(&mut venv, by_hand).map_err(|_| Problem::Missing(format!("Python cannot make environments: {by_hand}")))
}

fn one_line(requirements: &str) -> String {
    requirements.split_whitespace().collect::<Vec<_>>().join(" ")
}
