//! The outlets are the process's, so that one test tries them in turn.

use std::sync::{Arc, Mutex};

use super::*;

#[test]
fn levels_have_the_names_of_both_families_of_variables() {
    for (text, level) in [
        ("DEBUG", Some(Level::Debug)),
        ("DeBuG", Some(Level::Debug)),
        ("info", Some(Level::Info)),
        ("warn", Some(Level::Warn)),
        ("WARNING", Some(Level::Warn)),
        ("ERROR", Some(Level::Error)),
        ("critical", Some(Level::Error)),
        ("not-a-log-level", None),
        ("", None),
    ] {
        assert_eq!(Level::parse(text), level, "{text}");
    }
    for level in [Level::Debug, Level::Info, Level::Warn, Level::Error] {
        assert_eq!(Level::parse(level.name()), Some(level));
    }
}

#[test]
fn a_message_stays_on_its_line_and_within_bounds() {
    assert_eq!(one_line("a\r\nDATADOG TRACER ERROR forged\tb\0c\u{1b}[0m"), "a  DATADOG TRACER ERROR forged b c [0m");
    assert_eq!(one_line(&"ä".repeat(100_000)).chars().count(), MAX_MESSAGE_CHARS);
}

#[test]
fn a_lock_that_stays_taken_is_given_up() {
    let mutex = Mutex::new(1);
    let held = mutex.lock().unwrap();
    assert!(patiently(&mutex).is_none());
    drop(held);
    assert!(patiently(&mutex).is_some());
    let poisoned = catch_unwind(AssertUnwindSafe(|| {
        let _held = mutex.lock().unwrap();
        panic!("while the lock is held");
    }));
    assert!(poisoned.is_err() && patiently(&mutex).is_some_and(|value| *value == 1));
}

#[test]
fn messages_go_to_a_file_and_from_then_on_to_the_function() {
    let directory = std::env::temp_dir().join(format!("tracehound-messages-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();

    // To stderr and a file.
    configure(Level::Debug, Some(&directory), None);
    debug(format_args!("to the file"));
    startup("DATADOG TRACER CONFIGURATION {}");
    let path = directory.join(format!("tracehound-{}.log", std::process::id()));
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().map(|line| line.split_once(' ').unwrap().1).collect();
    assert_eq!(lines, ["DATADOG TRACER DEBUG to the file", "DATADOG TRACER CONFIGURATION {}"]);

    // To a function, which may itself have something to say, and may panic.
    let heard = Arc::new(Mutex::new(Vec::new()));
    let callback: Callback = {
        let heard = heard.clone();
        Arc::new(move |level, text| {
            heard.lock().unwrap().push((level, text.to_owned()));
            error(format_args!("said while a message is delivered"));
            assert!(text != "panic", "a function that panics");
        })
    };
    configure(Level::Warn, None, Some(callback));
    debug(format_args!("too unimportant"));
    warn(format_args!("number {}", 1));
    warn(format_args!("panic"));
    error(format_args!("two\nlines"));
    startup("DATADOG TRACER CONFIGURATION {}");
    let expected = [
        (Level::Warn, "number 1"),
        (Level::Warn, "panic"),
        (Level::Error, "two lines"),
        (Level::Info, "DATADOG TRACER CONFIGURATION {}"),
    ];
    assert_eq!(*heard.lock().unwrap(), expected.map(|(level, text)| (level, text.to_owned())));

    // A directory that is not there is told, to whoever listens.
    let told = Arc::new(Mutex::new(String::new()));
    let listener: Callback = {
        let told = told.clone();
        Arc::new(move |_, text| told.lock().unwrap().push_str(text))
    };
    configure(Level::Info, Some(&directory.join("missing")), Some(listener));
    assert!(told.lock().unwrap().contains("DD_TRACE_LOG_DIRECTORY"));

    std::fs::remove_dir_all(&directory).unwrap();
}
