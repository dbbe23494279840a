//! Commands and what their spans say of them. Lengths, cuts and names as in the Python tracer's tests.

use super::Description;

fn describe(commands: &[&[&str]]) -> Description {
    let mut description = Description::default();
    for words in commands {
        description.add(words.iter().map(|word| word.as_bytes()), true);
    }
    description
}

#[test]
fn a_command_is_named_by_its_verb_and_counted_by_its_words() {
    let table: [(&[&[&str]], &str, &str, usize); 5] = [
        (&[&["MGET", "a", "b"]], "MGET", "MGET a b", 3),
        (&[&["get", "crème brûlée"]], "GET", "get crème brûlée", 2),
        (&[&["PING"]], "PING", "PING", 1),
        (
            &[&["SET", "blah", "32"], &["RPUSH", "foo", "éé"], &["HGETALL", "xxx"]],
            "SET\nRPUSH\nHGETALL",
            "SET blah 32\nRPUSH foo éé\nHGETALL xxx",
            8,
        ),
        (&[], "", "", 0),
    ];
    for (commands, resource, raw, words) in table {
        let described = describe(commands);
        let said = (described.resource.as_str(), described.raw.as_str(), described.words);
        assert_eq!(said, (resource, raw, words), "{commands:?}");
    }
}

#[test]
fn passwords_do_not_show() {
    let table: [(&[&str], &str); 10] = [
        (&["AUTH", "s3cret"], "AUTH ?"),
        (&["auth", "waiter", "s3cret"], "auth ? ?"),
        (&["HELLO", "3", "AUTH", "waiter", "s3cret", "SETNAME", "cafe"], "HELLO 3 AUTH ? ? SETNAME cafe"),
        (&["HELLO", "3"], "HELLO 3"),
        (&["CONFIG", "SET", "requirepass", "s3cret"], "CONFIG SET requirepass ?"),
        (&["CONFIG", "set", "maxmemory", "1", "masterauth", "s3cret"], "CONFIG set maxmemory ? masterauth ?"),
        (&["CONFIG", "GET", "maxmemory", "save"], "CONFIG GET maxmemory save"),
        (&["ACL", "SETUSER", "waiter", "on", ">s3cret", "~*"], "ACL SETUSER waiter on ? ~*"),
        (
            &["MIGRATE", "h", "6379", "", "0", "5000", "AUTH2", "waiter", "s3cret", "KEYS", "a"],
            "MIGRATE h 6379  0 5000 AUTH2 ? ? KEYS a",
        ),
        (&["SET", "auth", "shown"], "SET auth shown"),
    ];
    for (words, raw) in table {
        assert_eq!(describe(&[words]).raw.as_str(), raw);
    }
}

#[test]
fn a_long_argument_is_cut_after_a_hundred_characters() {
    for letter in ["x", "é", "日", "🍩"] {
        assert_eq!(
            describe(&[&["SET", "k", &letter.repeat(100)]]).raw.as_str(),
            format!("SET k {}", letter.repeat(100))
        );
        assert_eq!(
            describe(&[&["SET", "k", &letter.repeat(101)]]).raw.as_str(),
            format!("SET k {}...", letter.repeat(100))
        );
        assert_eq!(
            describe(&[&["SET", "k", &letter.repeat(1 << 20)]]).raw.as_str(),
            format!("SET k {}...", letter.repeat(100))
        );
    }
}

#[test]
fn a_long_command_and_a_long_pipeline_are_cut_after_a_thousand_bytes() {
    let keys: Vec<String> = (0..10_000).map(|number| format!("clé:{number:05}")).collect();
    let mut command: Vec<&str> = vec!["DEL"];
    command.extend(keys.iter().map(String::as_str));
    let described = describe(&[&command]);
    assert_eq!(described.words, 10_001);
    // At most, since characters stay whole.
    assert_eq!(described.raw.as_str().len(), 999);
    assert!(
        described.raw.as_str().starts_with("DEL clé:00000 ") && described.raw.as_str().ends_with("..."),
        "{:?}",
        described.raw
    );

    let pipeline: Vec<&[&str]> = vec![&["HGETALL", "a"]; 10_000];
    let described = describe(&pipeline);
    assert_eq!(described.resource.as_str().len(), 1000);
    assert!(
        described.resource.as_str().starts_with("HGETALL\nHGETALL\n") && described.resource.as_str().ends_with("...")
    );
    assert_eq!(described.words, 20_000);
}

#[test]
fn bytes_that_are_no_text_show_as_such() {
    let mut description = Description::default();
    description.add([&b"SET"[..], b"k", b"\xff\xfea"].into_iter(), true);
    assert_eq!(description.raw.as_str(), "SET k \u{fffd}\u{fffd}a");
}

#[test]
fn without_the_raw_command_nothing_of_the_arguments_is_kept() {
    let mut description = Description::default();
    description.add([&b"SET"[..], b"k", b"v"].into_iter(), false);
    assert_eq!((description.resource.as_str(), description.raw.as_str(), description.words), ("SET", "", 3));
}
