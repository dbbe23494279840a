//! What the program answers before its store is open, and after the store's disk has failed.

use tokio::runtime::Runtime;
use tracehound_platform::SystemClock;
use tracehound_platform::sim::SimFiles;
use tracehound_testkit::Client;
use tracehound_testkit::traces::{Format, Generator, TRACER_HEADERS};

use super::*;

/// The parts on free ports, with a client's eye on them.
struct Running {
    runtime: Runtime,
    assembly: Assembly,
}

impl Running {
    fn start() -> Running {
        let runtime = Runtime::new().expect("a runtime");
        let config = Config { data_dir: "unused".into(), receiver_port: Some(0), api_port: 0, api_hosts: Vec::new() };
        let assembly = runtime.block_on(Assembly::start(&config, Arc::new(SystemClock::new()))).expect("free ports");
        Running { runtime, assembly }
    }

    fn open(&self, files: &SimFiles) {
        let (clock, metrics) = (self.assembly.clock.clone(), self.assembly.metrics.clone());
        let store = Store::open(tracehound_store::Options::default(), Arc::new(files.clone()), clock, metrics);
        let set = self.assembly.store.set(Arc::new(store.expect("an empty directory")));
        assert!(set.is_ok(), "a store is opened once");
    }

    fn get(&self, path: &str) -> u16 {
        client(self.assembly.api_url()).get(path).expect("an answer").status
    }

    fn put(&self, path: &str) -> u16 {
        let body = Format::V04.encode(&[Generator::new(1, 1_795_000_000_000_000_000).trace()]);
        let url = self.assembly.receiver_url().expect("a receiver");
        client(url).put(path, &TRACER_HEADERS, &body).expect("an answer").status
    }

    fn stop(self) -> Result<(), Error> {
        self.runtime.block_on(self.assembly.stop())
    }
}

fn client(url: &str) -> Client {
    let port = url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port at its end");
    Client::connect(port).expect("a listener")
}

#[test]
fn until_the_store_is_open_every_path_of_the_api_port_and_every_trace_route_is_503() {
    let running = Running::start();
    for path in ["/ready", "/metrics", "/debug/routes", "/", "/apm/traces", "/api/tracehound/v1/traces", "/nothing"] {
        assert_eq!(running.get(path), 503, "{path}");
    }
    for path in ["/v0.3/traces", "/v0.4/traces"] {
        assert_eq!(running.put(path), 503, "{path}");
    }
    running.open(&SimFiles::new());
    assert_eq!((running.get("/ready"), running.put("/v0.4/traces")), (200, 200));
    running.stop().unwrap();
}

#[test]
fn a_stop_before_the_store_is_open_is_a_clean_one() {
    Running::start().stop().unwrap();
}

#[test]
fn after_a_failed_sync_nothing_is_taken_reads_go_on_and_the_stop_is_not_clean() {
    let (running, files) = (Running::start(), SimFiles::new());
    running.open(&files);
    assert_eq!(running.put("/v0.4/traces"), 200);
    files.fail_sync_after(0);
    assert_eq!((running.put("/v0.4/traces"), running.put("/v0.4/traces")), (503, 503));
    assert_eq!((running.get("/ready"), running.get("/api/tracehound/v1/traces")), (503, 200));
    let error = running.stop().unwrap_err();
    assert!(matches!(error, Error::Close(_)), "{error}");
}
