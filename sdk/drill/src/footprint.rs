//! What the tracer adds to a build: time, and bytes of a small program.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::{meter, report};

const MAX_GROWTH_MB: f64 = 0.7;
const MAX_BUILD_SECONDS: f64 = 15.0;

const PLAIN: &str = "fn main() {\n    println!(\"hello\");\n}\n";
const TRACED: &str = "fn main() {\n    let _tracing = tracehound::init();\n    let _span = tracehound::span!(\"hello\");\n    println!(\"hello\");\n}\n";

/// Builds everything anew in a directory of its own; whether the goals were met.
pub fn run() -> io::Result<bool> {
    let directory = std::env::temp_dir().join(format!("tracehound-drill-{}", std::process::id()));
    fs::create_dir_all(&directory)?;
    let outcome = measure(&directory);
    fs::remove_dir_all(&directory)?;
    outcome
}

fn measure(directory: &Path) -> io::Result<bool> {
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or(io::ErrorKind::NotFound)?;
    let (started, cpu) = (Instant::now(), meter::children_cpu_seconds());
    let build = Command::new("cargo")
        .args(["build", "--quiet", "--release", "--package", "tracehound"])
        .current_dir(sdk)
        .env("CARGO_TARGET_DIR", directory.join("clean"))
        .status()?;
    let (seconds, cpu) = (started.elapsed().as_secs_f64(), meter::children_cpu_seconds() - cpu);
    if !build.success() {
        return Err(io::Error::other("the tracer does not build"));
    }
    let plain = size(directory, "plain", "", PLAIN)?;
    let dependency = format!("tracehound = {{ path = {:?} }}\n", sdk.join("tracehound"));
    let traced = size(directory, "traced", &dependency, TRACED)?;
    println!("clean build: {seconds:.1} s, {cpu:.1} s of CPU; hello: {plain} bytes plain, {traced} traced, stripped");
    let met = report::verdict("clean release build, s", seconds, MAX_BUILD_SECONDS);
    Ok(report::verdict("growth of a stripped program, MB", (traced - plain) as f64 / 1e6, MAX_GROWTH_MB) & met)
}

/// The size of a stripped release build of a one-file program.
fn size(directory: &Path, name: &str, dependencies: &str, main: &str) -> io::Result<i64> {
    let package: PathBuf = directory.join(name);
    fs::create_dir_all(package.join("src"))?;
    fs::write(package.join("src/main.rs"), main)?;
    fs::write(
        package.join("Cargo.toml"),
        format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n[dependencies]\n{dependencies}[profile.release]\nstrip = true\n[workspace]\n"
        ),
    )?;
    let target = directory.join("programs");
    let build = Command::new("cargo")
        .args(["build", "--quiet", "--release"])
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", &target)
        .stdout(Stdio::null())
        .status()?;
    if !build.success() {
        return Err(io::Error::other(format!("{name} does not build")));
    }
    Ok(fs::metadata(target.join("release").join(name))?.len() as i64)
}
