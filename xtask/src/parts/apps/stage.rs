//! Everything that runs while the live services are asked: our program, Redis, four services.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;
use tracehound_testkit::{Answer, Client, Server};

use super::expectations::{App, Expectation};
use super::language::Language;
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
    languages: String,
}

/// A request that was answered.
pub(crate) struct Asked {
    /// What came back.
    pub(crate) answer: Answer,
    /// The id of the trace that it made, as the service told it: 32 hex digits.
    pub(crate) trace_id: String,
}

impl Stage {
    /// Starts everything on free ports: the services that are asked from `front`, those that they ask from `back`.
    pub(crate) fn set(program: &Path, front: &Language, back: &Language) -> Result<Stage> {
        let folder = tempfile::tempdir()?;
        let server = Server::start(program, &folder.path().join("data"))?;
        let redis = start_redis(folder.path())?;
        let agent = format!("http://127.0.0.1:{}", server.agent_port);
        let app = |language: &Language, name: &str, urls: &[(&str, String)]| {
            let port = free_port()?;
            let mut command = language.command(name);
            command.envs([("DD_TRACE_AGENT_URL", agent.as_str()), ("DD_ENV", "demo"), ("DD_VERSION", "1.2.3")]);
            command.env("PORT", port.to_string()).envs(urls.iter().map(|(key, url)| (key, url)));
            Service::start(name, &mut command, port, folder.path())
        };
        let taster = app(back, "taster", &[])?;
        let redis_url = format!("redis://127.0.0.1:{}/0", redis.port);
        let cafe = app(front, "cafe", &[("TASTER_URL", url(&taster)), ("REDIS_URL", redis_url)])?;
        let microservice = app(back, "thinker-microservice", &[])?;
        let thinker = app(front, "thinker-api", &[("THINKER_URL", url(&microservice))])?;
        let languages = format!("{front} asks {back}");
        Ok(Stage { cafe, thinker, taster, microservice, redis, server, _folder: folder, languages })
    }

    /// Makes a request.
    pub(crate) fn ask(&self, expectation: &Expectation) -> io::Result<Asked> {
        let service = match expectation.app {
            App::Cafe => &self.cafe,
            App::Thinker => &self.thinker,
        };
        let answer = Client::connect(service.port)?.get(expectation.path)?;
        let trace_id = answer.header("x-trace-id").ok_or_else(|| io::Error::other("the answer names no trace"))?;
        Ok(Asked { trace_id: trace_id.to_owned(), answer })
    }

    /// A trace as the API answers it.
    pub(crate) fn trace(&self, trace_id: &str) -> std::result::Result<Value, String> {
        let answer = Client::connect(self.server.api_port)
            .and_then(|mut client| client.get(&format!("/api/tracehound/v1/traces/{trace_id}")))
            .map_err(|error| error.to_string())?;
        match answer.status {
            200 => answer.json().map_err(|error| error.to_string()),
            status => Err(format!("the API answered {status}")),
        }
    }

    /// What the services have logged so far.
    pub(crate) fn log(&self) -> String {
        [&self.cafe, &self.thinker, &self.taster, &self.microservice].map(Service::log).concat()
    }

    /// Ends everything.
    pub(crate) fn strike(self) -> Result {
        for service in [self.cafe, self.thinker, self.taster, self.microservice, self.redis] {
            service.stop()?;
        }
        ended_well(self.server.terminate()?)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.languages)
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
