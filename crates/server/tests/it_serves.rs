//! The program starts, tells its addresses and serves both ports.

mod support;

use std::net::{Ipv6Addr, TcpListener, TcpStream};

use support::{Tracer, assert_kept, command, get, run, start};
use tracehound_testkit::{Client, Server};

#[test]
fn a_trace_that_was_acknowledged_can_be_read_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let mut client = Client::connect(server.agent_port).unwrap();
    let (status, promises) = Tracer::new(1).send(&mut client, 3).unwrap();
    assert_eq!(status, 200);
    assert_kept(server.api_port, &promises);
    let list = get(server.api_port, "/api/tracehound/v1/traces?limit=2").json().unwrap();
    let ids: Vec<_> = list["traces"].as_array().unwrap().iter().map(|trace| trace["trace_id"].clone()).collect();
    assert_eq!(ids, [promises[2].trace_id.to_string(), promises[1].trace_id.to_string()]);
    assert!(list["next"].is_string(), "{list}");
}

#[test]
fn tracers_learn_what_is_served_and_people_that_it_is_ready() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let info = get(server.agent_port, "/info").json().unwrap();
    assert_eq!(info["version"], "7.85.1");
    assert_eq!(info["tracehound_version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(info["config"]["receiver_port"], server.agent_port);
    assert_eq!(get(server.api_port, "/ready").status, 200);
    let metrics = String::from_utf8(get(server.api_port, "/metrics").body).unwrap();
    assert!(metrics.contains("tracehound_spans_received_total 0\n"), "{metrics}");
}

#[test]
fn a_route_that_is_not_served_is_404_and_counted_where_people_look() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    assert_eq!(get(server.agent_port, "/v0.6/stats").status, 404);
    let routes = get(server.api_port, "/debug/routes").json().unwrap();
    assert_eq!(routes["routes"][0]["path"], "/v0.6/stats");
}

#[test]
fn both_address_families_are_served_under_one_port() {
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        println!("skipped: no ::1 on this machine");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    for port in [server.agent_port, server.api_port] {
        TcpStream::connect((Ipv6Addr::LOCALHOST, port)).unwrap();
    }
}

#[test]
fn port_0_in_the_agents_variable_switches_the_receiver_off_and_in_ours_takes_any_free_one() {
    let dir = tempfile::tempdir().unwrap();
    let environment = [("DD_APM_RECEIVER_PORT", "0"), ("TRACEHOUND_API_PORT", "0")];
    let server = Server::spawn(&mut command(&[], &environment, dir.path())).unwrap();
    assert_eq!(server.agent_port, 0);
    assert_eq!(get(server.api_port, "/ready").status, 200);
    assert_eq!(server.terminate().unwrap().status.code(), Some(0));
}

#[test]
fn the_settings_are_printed_with_their_origin_and_nothing_is_started() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("data");
    let ended = run(&["config", "--api-port", "1"], &[("DD_APM_RECEIVER_PORT", "9126")], &data_dir).unwrap();
    assert_eq!(ended.status.code(), Some(0));
    let lines: Vec<Vec<&str>> = ended.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["data_dir", data_dir.to_str().unwrap(), "environment", "TRACEHOUND_DATA_DIR"]);
    assert_eq!(lines[1], ["receiver_port", "9126", "environment", "DD_APM_RECEIVER_PORT"]);
    assert_eq!(lines[2], ["api_port", "1", "flag", "--api-port"]);
    assert_eq!(lines[3], ["api_hosts", "default"]);
    assert!(!data_dir.exists());
}

#[test]
fn help_names_every_setting() {
    let dir = tempfile::tempdir().unwrap();
    let ended = run(&["--help"], &[], dir.path()).unwrap();
    assert_eq!(ended.status.code(), Some(0));
    for key in tracehound_config::KEYS {
        for name in key.environment.iter().copied().chain(key.flag.as_ref().map(|flag| flag.long)) {
            assert!(ended.stdout.contains(name), "{name} is not in {}", ended.stdout);
        }
    }
}

#[test]
fn an_unknown_argument_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let ended = run(&["--agent-prot", "1"], &[], dir.path()).unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(ended.stderr.contains("--agent-prot") && ended.stderr.contains("--agent-port"), "{}", ended.stderr);
}
