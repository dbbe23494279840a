//! Builds the pages in `ui/` with npm and vite, and writes the table of files that `src/lib.rs` includes.
//!
//! Runs only when something in `ui/` changed. Several cargo builds may run at once, in target folders of their own but with one
//! `ui/node_modules`: a lock on `package-lock.json` lets one at a time work there.
#![allow(clippy::disallowed_methods, reason = "a build script has no platform to go through")]
#![allow(clippy::print_stdout, reason = "this is how a build script talks to cargo")]

use std::env;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, exit};

/// What the pages are made of, relative to `ui/`.
const SOURCES: [&str; 8] =
    ["src", "public", "index.html", "package.json", "package-lock.json", ".npmrc", "vite.config.ts", "tsconfig.json"];

/// A copy of the lock file that `node_modules` was installed from.
const INSTALLED: &str = "node_modules/.installed-from.json";

const LEFT_OUT: &str = "<!doctype html><html lang=\"en\"><title>Tracehound</title>\
<p>This Tracehound was built without its pages (TRACEHOUND_UI=skip). The API is there; build again without that variable for the pages.</p></html>";

fn main() {
    println!("cargo::rerun-if-env-changed=TRACEHOUND_UI");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let result = if env::var_os("TRACEHOUND_UI").is_some_and(|value| value == "skip") {
        table_without_pages(&out)
    } else {
        build_pages(&out)
    };
    if let Err(message) = result {
        // Cargo shows each line in its own format, whatever else the script wrote.
        for line in message.lines() {
            println!("cargo::error={line}");
        }
        exit(1);
    }
}

fn build_pages(out: &Path) -> Result<(), String> {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", ui.join(source).display());
    }
    let pages = out.join("pages");
    let lock_file = ui.join("package-lock.json");
    let lock = File::open(&lock_file).map_err(|error| format!("cannot open {}: {error}", lock_file.display()))?;
    lock.lock().map_err(|error| format!("cannot lock {}: {error}", lock_file.display()))?;
    install(&ui, &lock_file)?;
    npm(&ui, &["run", "build", "--", "--emptyOutDir", "--logLevel", "warn", "--outDir", &pages.to_string_lossy()])?;
    drop(lock);
    let files = files_below(&pages).map_err(|error| format!("cannot list {}: {error}", pages.display()))?;
    write_table(out, &pages, &files)
}

/// Installs the packages, unless they are those of the lock file already.
fn install(ui: &Path, lock_file: &Path) -> Result<(), String> {
    let wanted = fs::read(lock_file).map_err(|error| format!("cannot read {}: {error}", lock_file.display()))?;
    let stamp = ui.join(INSTALLED);
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    npm(ui, &["ci", "--no-audit", "--no-fund"])?;
    fs::write(&stamp, wanted).map_err(|error| format!("cannot write {}: {error}", stamp.display()))
}

fn npm(ui: &Path, arguments: &[&str]) -> Result<(), String> {
    let run = Command::new("npm").args(arguments).current_dir(ui).output();
    let output = run.map_err(|error| {
        format!(
            "cannot run npm: {error}. The web pages are built with Node.js 20.19 or later and its npm (https://nodejs.org); \
             TRACEHOUND_UI=skip builds without pages."
        )
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!(
        "npm {} failed; TRACEHOUND_UI=skip builds without pages.\n{}",
        arguments.join(" "),
        String::from_utf8_lossy(&said).trim()
    ))
}

/// All files below a folder, as paths relative to it, sorted.
fn files_below(root: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Some(relative) = path.strip_prefix(root).ok().and_then(Path::to_str) {
                found.push(relative.replace('\\', "/"));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn write_table(out: &Path, pages: &Path, files: &[String]) -> Result<(), String> {
    let mut assets = String::new();
    let mut index = None;
    for file in files {
        let entry = entry(file, &format!("include_bytes!({:?})", pages.join(file)));
        if file == "index.html" {
            index = Some(entry);
        } else {
            let _ = writeln!(assets, "    {entry},");
        }
    }
    let index = index.ok_or_else(|| format!("vite made no index.html in {}", pages.display()))?;
    save(out, &assets, &index)
}

fn table_without_pages(out: &Path) -> Result<(), String> {
    save(out, "", &entry("index.html", &format!("{LEFT_OUT:?}.as_bytes()")))
}

fn save(out: &Path, assets: &str, index: &str) -> Result<(), String> {
    let table = format!("static ASSETS: &[Asset] = &[\n{assets}];\n\nstatic INDEX: Asset = {index};\n");
    let path = out.join("table.rs");
    fs::write(&path, table).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// The source text of one `Asset`.
fn entry(file: &str, bytes: &str) -> String {
    format!(
        "Asset {{ path: {:?}, bytes: {bytes}, content_type: {:?}, immutable: {} }}",
        format!("/{file}"),
        content_type(file),
        file.starts_with("assets/")
    )
}

fn content_type(file: &str) -> &'static str {
    match Path::new(file).extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
