//! The program starts, tells its addresses and serves both ports.

mod support;

use std::net::{Ipv6Addr, TcpListener, TcpStream};

use support::client::{Client, get};
use support::server::{Server, run};
use support::traces;

#[test]
fn a_trace_that_was_acknowledged_can_be_read_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path());
    let mut client = Client::connect(server.agent).unwrap();
    let answer = client.put_traces(&traces::body(1..4)).unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (200, "{\"rate_by_service\":{}}\n"));
    assert_eq!(traces::missing(server.api, 1..5), [4]);
    let list = get(server.api, "/api/tracehound/v1/traces?limit=2");
    let list: serde_json::Value = serde_json::from_str(&list.body).unwrap();
    let ids: Vec<_> = list["traces"].as_array().unwrap().iter().map(|trace| trace["trace_id"].clone()).collect();
    assert_eq!(ids, [format!("{:032x}", 3), format!("{:032x}", 2)]);
}

#[test]
fn it_prints_both_addresses_and_the_line_for_a_tracer() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path());
    let (agent, api) = (server.agent, server.api);
    assert!(agent != 0 && api != 0 && agent != api);
    assert!(server.banner.contains(&format!("http://localhost:{api}\n")), "{}", server.banner);
    assert!(server.banner.ends_with(&format!("DD_TRACE_AGENT_URL=http://localhost:{agent}\n")), "{}", server.banner);
}

#[test]
fn tracers_learn_what_is_served_and_people_that_it_is_ready() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path());
    let info = get(server.agent, "/info");
    let info: serde_json::Value = serde_json::from_str(&info.body).unwrap();
    assert_eq!(info["version"], "7.85.1");
    assert_eq!(info["tracehound_version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(info["config"]["receiver_port"], server.agent);
    assert_eq!(get(server.api, "/ready").status, 200);
    assert!(get(server.api, "/metrics").body.contains("tracehound_"));
}

#[test]
fn a_route_that_is_not_served_is_404_and_counted_where_people_look() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path());
    assert_eq!(get(server.agent, "/v0.6/stats").status, 404);
    let routes = get(server.api, "/debug/routes");
    assert!(routes.status == 200 && routes.body.contains("/v0.6/stats"), "{}", routes.body);
}

#[test]
fn both_address_families_are_served_under_one_port() {
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        println!("skipped: no ::1 on this machine");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path());
    for port in [server.agent, server.api] {
        TcpStream::connect((Ipv6Addr::LOCALHOST, port)).unwrap();
    }
}

#[test]
fn port_0_in_the_agents_variable_switches_the_receiver_off_and_in_ours_takes_any_free_one() {
    let dir = tempfile::tempdir().unwrap();
    let environment = [("DD_APM_RECEIVER_PORT", "0"), ("TRACEHOUND_API_PORT", "0")];
    let server = Server::start_with(&[], &environment, dir.path());
    assert_eq!(server.agent, 0, "{}", server.banner);
    assert_eq!(get(server.api, "/ready").status, 200);
    assert_eq!(server.terminate().status.code(), Some(0));
}

#[test]
fn the_settings_are_printed_with_their_origin_and_nothing_is_started() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("data");
    let ended = run(&["config", "--api-port", "1"], &[("DD_APM_RECEIVER_PORT", "9126")], &data_dir);
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
    let ended = run(&["--help"], &[], dir.path());
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
    let ended = run(&["--agent-prot", "1"], &[], dir.path());
    assert_eq!(ended.status.code(), Some(2));
    assert!(ended.stderr.contains("--agent-prot") && ended.stderr.contains("--agent-port"), "{}", ended.stderr);
}
