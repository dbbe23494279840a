//! Everything that runs while the live services are asked: our program, Redis, four services.

use std::io;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use tracehound_testkit::{Client, Server};

use super::expectations::{App, Expectation};
use crate::Result;
use crate::parts::processes::{Service, ended_well, free_port};

/// The running set. Fields are dropped in this order, so that whoever sends ends before whoever is sent to.
pub(crate) struct Stage {
    cafe: Service,
    thinker: Service,
    taster: Service,
    microservice: Service,
    redis: Service,
    server: Server,
    _folder: TempDir,
}

impl Stage {
    /// Starts everything on free ports; `api_version` is the format in which ddtrace sends.
    pub(crate) fn set(program: &Path, apps: &Path, programs: &Path, api_version: &str) -> Result<Stage> {
        let folder = tempfile::tempdir()?;
        let server = Server::start(program, &folder.path().join("data"))?;
        let redis = start_redis(folder.path())?;
        let agent = format!("http://127.0.0.1:{}", server.agent_port);
        let app = |name: &'static str, dir: &str, urls: &[(&str, String)]| {
            let port = free_port()?;
            let mut command = Command::new(programs.join("ddtrace-run"));
            command.arg(programs.join("python")).arg("app.py").current_dir(apps.join(dir));
            command.env("DD_TRACE_AGENT_URL", &agent).env("DD_TRACE_API_VERSION", api_version);
            command.envs([
                ("DD_SERVICE", name),
                ("DD_ENV", "demo"),
                ("DD_VERSION", "1.2.3"),
                ("DD_LOGS_INJECTION", "true"),
            ]);
            command.env("PORT", port.to_string()).envs(urls.iter().map(|(key, url)| (key, url)));
            // The folder of the services is not ours to write to.
            command.env("PYTHONDONTWRITEBYTECODE", "1");
            Service::start(name, &mut command, port, folder.path())
        };
        let taster = app("taster", "taster_app", &[])?;
        let redis_url = format!("redis://127.0.0.1:{}/0", redis.port);
        let cafe = app("cafe", "cafe_app", &[("TASTER_URL", url(&taster)), ("REDIS_URL", redis_url)])?;
        let microservice = app("thinker-microservice", "thinker_microservice", &[])?;
        let thinker = app("thinker-api", "thinker_api", &[("THINKER_URL", url(&microservice))])?;
        Ok(Stage { cafe, thinker, taster, microservice, redis, server, _folder: folder })
    }

    /// Makes a request. Returns its status and the id of the trace that it made.
    pub(crate) fn ask(&self, expectation: &Expectation) -> io::Result<(u16, String)> {
        let service = match expectation.app {
            App::Cafe => &self.cafe,
            App::Thinker => &self.thinker,
        };
        let answer = Client::connect(service.port)?.get(expectation.path)?;
        let trace_id = answer.header("x-trace-id").ok_or_else(|| io::Error::other("the answer names no trace"))?;
        Ok((answer.status, trace_id.to_owned()))
    }

    /// Where our API listens.
    pub(crate) fn api_port(&self) -> u16 {
        self.server.api_port
    }

    /// Ends everything.
    pub(crate) fn strike(self) -> Result {
        for service in [self.cafe, self.thinker, self.taster, self.microservice, self.redis] {
            service.stop()?;
        }
        ended_well(self.server.terminate()?)
    }
}

fn start_redis(folder: &Path) -> Result<Service> {
    let port = free_port()?;
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--dir"]).arg(folder);
    Service::start("redis", &mut command, port, folder)
}

fn url(service: &Service) -> String {
    format!("http://127.0.0.1:{}", service.port)
}
