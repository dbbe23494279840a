//! What is said, from where, and what it comes to mean.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::Command;
use tracehound_config::{API_HOSTS, API_PORT, Config, DATA_DIR, Error, KEYS, Origin, RECEIVER_PORT, Said, flags};

fn said(arguments: &[&str], environment: &[(&str, &str)]) -> Said {
    let command = Command::new("test").args(flags()).subcommand(Command::new("config"));
    let matches = command.try_get_matches_from([&["test"], arguments].concat()).expect("flags of the table");
    let environment: HashMap<&str, OsString> = environment.iter().map(|&(name, text)| (name, text.into())).collect();
    Said::collect(&matches, |name| environment.get(name).cloned())
}

fn resolve(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Config, Error> {
    Config::resolve(&said(arguments, environment))
}

#[test]
fn with_nothing_said_every_default_is_within_its_bounds() {
    let expected = Config {
        data_dir: PathBuf::from("./tracehound-data"),
        receiver_port: Some(8126),
        api_port: 8127,
        api_hosts: Vec::new(),
    };
    assert_eq!(resolve(&[], &[]), Ok(expected));
}

#[test]
fn a_flag_wins_over_the_environment_and_the_environment_over_the_default() {
    let environment =
        [("DD_APM_RECEIVER_PORT", "9126"), ("TRACEHOUND_API_PORT", "9127"), ("TRACEHOUND_DATA_DIR", "/e")];
    let said = said(&["--agent-port", "7126", "--data-dir=/f"], &environment);
    assert_eq!(said.of(&RECEIVER_PORT).origin, Origin::Flag("agent-port"));
    assert_eq!(said.of(&API_PORT).origin, Origin::Environment("TRACEHOUND_API_PORT"));
    assert_eq!(said.of(&API_HOSTS).origin, Origin::Default);
    let config = Config::resolve(&said).unwrap();
    assert_eq!((config.receiver_port, config.api_port), (Some(7126), 9127));
    assert_eq!(config.data_dir, PathBuf::from("/f"));
}

#[test]
fn a_flag_is_heard_before_and_behind_a_subcommand() {
    for arguments in [["--api-port", "1", "config"], ["config", "--api-port", "1"]] {
        assert_eq!(resolve(&arguments, &[]).unwrap().api_port, 1);
    }
}

#[test]
fn of_two_environment_names_the_first_that_is_set_counts() {
    for (environment, port) in [
        (&[("DD_RECEIVER_PORT", "2")][..], 2),
        (&[("DD_RECEIVER_PORT", "2"), ("DD_APM_RECEIVER_PORT", "1")], 1),
        (&[("DD_RECEIVER_PORT", "2"), ("DD_APM_RECEIVER_PORT", "")], 2),
        (&[("DD_RECEIVER_PORT", ""), ("DD_APM_RECEIVER_PORT", "")], 8126),
    ] {
        assert_eq!(resolve(&[], environment).unwrap().receiver_port, Some(port), "{environment:?}");
    }
}

#[test]
fn port_0_takes_any_free_one_except_for_the_agents_own_variable_which_switches_it_off() {
    let both = &["--agent-port", "0", "--api-port", "0"][..];
    for (arguments, environment, receiver_port, api_port) in [
        (both, &[][..], Some(0), 0),
        (&[], &[("DD_APM_RECEIVER_PORT", "0")], None, 8127),
        (&[], &[("DD_RECEIVER_PORT", "0")], None, 8127),
        (&[], &[("TRACEHOUND_API_PORT", "0")], Some(8126), 0),
        (both, &[("DD_APM_RECEIVER_PORT", "0")], Some(0), 0),
    ] {
        let config = resolve(arguments, environment).unwrap();
        assert_eq!((config.receiver_port, config.api_port), (receiver_port, api_port), "{arguments:?} {environment:?}");
    }
}

#[test]
fn a_port_out_of_bounds_is_refused_with_key_value_origin_and_bounds() {
    for text in ["65536", "-1", "+1", "http", "8126 ", "0x1f", "99999999999999999999"] {
        let error = resolve(&[], &[("TRACEHOUND_API_PORT", text)]).unwrap_err().to_string();
        let expected = format!(
            "api_port is {text:?} (environment TRACEHOUND_API_PORT), it takes a port from 0 to 65535, 0 for any free one"
        );
        assert_eq!(error, expected);
    }
    let error = resolve(&["--agent-port", ""], &[("DD_APM_RECEIVER_PORT", "1")]).unwrap_err().to_string();
    assert!(error.starts_with("receiver_port is \"\" (flag --agent-port), it takes a port"), "{error}");
}

#[test]
fn an_empty_data_directory_is_refused_as_a_flag_and_not_set_in_the_environment() {
    let error = resolve(&["--data-dir", ""], &[]).unwrap_err().to_string();
    assert_eq!(error, "data_dir is \"\" (flag --data-dir), it takes a path that is not empty");
    assert_eq!(said(&[], &[("TRACEHOUND_DATA_DIR", "")]).of(&DATA_DIR).origin, Origin::Default);
}

#[test]
fn the_two_ports_must_differ_unless_they_are_any_free_one() {
    let error = resolve(&["--agent-port", "9000", "--api-port", "9000"], &[]).unwrap_err();
    assert_eq!(error.to_string(), "receiver_port and api_port are both 9000, each needs its own");
}

#[test]
fn hosts_are_read_as_they_stand_in_a_host_header() {
    for (text, hosts) in [
        ("apm.example.com", &["apm.example.com"][..]),
        (" APM.Example.com:8443 ,, b_2-c ", &["apm.example.com", "b_2-c"]),
        ("192.0.2.7:80", &["192.0.2.7"]),
        ("2001:DB8::1, [2001:db8::2]:443", &["[2001:db8::1]", "[2001:db8::2]"]),
        (" , ", &[]),
    ] {
        assert_eq!(resolve(&[], &[("TRACEHOUND_API_HOSTS", text)]).unwrap().api_hosts, hosts, "{text:?}");
    }
}

#[test]
fn what_is_not_a_host_is_refused() {
    let long = "a".repeat(254);
    let many = ["h"; 65].join(",");
    for text in
        ["http://a", "a b", "*", "a:", "a:http", "a:70000", "[::1", "[a]", "[::1]x", ":80", "ä.de", &long, &many]
    {
        assert!(resolve(&[], &[("TRACEHOUND_API_HOSTS", text)]).is_err(), "{text:?}");
    }
}

#[test]
fn a_path_need_not_be_utf_8_but_a_port_must() {
    use std::os::unix::ffi::OsStringExt;
    let text = OsString::from_vec(vec![b'/', 0xff]);
    let matches = Command::new("test").args(flags()).get_matches_from(["test"]);
    let only = |wanted: &'static str| {
        let text = text.clone();
        Said::collect(&matches, move |name| (name == wanted).then(|| text.clone()))
    };
    assert_eq!(Config::resolve(&only("TRACEHOUND_DATA_DIR")).unwrap().data_dir, PathBuf::from(&text));
    let error = Config::resolve(&only("TRACEHOUND_API_PORT")).unwrap_err().to_string();
    assert!(error.starts_with("api_port is \"/\u{fffd}\" (environment"), "{error}");
}

#[test]
fn every_value_is_shown_with_its_origin() {
    let said = said(&["--api-port", "1"], &[("DD_APM_RECEIVER_PORT", "0")]);
    let expected = "\
data_dir       ./tracehound-data  default
receiver_port  0                  environment DD_APM_RECEIVER_PORT
api_port       1                  flag --api-port
api_hosts                         default
";
    assert_eq!(said.to_string(), expected);
}

#[test]
fn no_name_occurs_twice_in_the_table() {
    let names = || KEYS.iter().flat_map(|key| key.environment.iter().chain(key.flag.as_ref().map(|flag| &flag.long)));
    let unique: std::collections::BTreeSet<_> = names().chain(KEYS.iter().map(|key| &key.name)).collect();
    assert_eq!(unique.len(), names().count() + KEYS.len());
}
