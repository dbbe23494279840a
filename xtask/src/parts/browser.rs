//! The pages in a real browser against the real program.

use tracehound_testkit::Server;

use super::ui;
use crate::workshop::Workshop;
use crate::{Result, install};

/// Runs the browser tests of `ui/e2e` against a server with an empty store.
pub(crate) fn run(workshop: &Workshop) -> Result {
    install::debian("chromium", "chromium")?;
    let data = tempfile::tempdir()?;
    let server = Server::start(workshop.release_program()?, data.path())?;
    let pages = format!("http://127.0.0.1:{}", server.api_port);
    let agent = format!("http://127.0.0.1:{}", server.agent_port);
    ui::npm_run(workshop, "e2e", &[("TRACEHOUND_URL", &pages), ("TRACEHOUND_AGENT_URL", &agent)])?;
    super::processes::ended_well(server.terminate()?)
}
