//! What is taken for a secret.

use super::*;

fn redact(query: &str) -> String {
    QueryObfuscator::new(None).redact(query).into_owned()
}

/// A made-up token of the shape `ey….ey….…`, in parts so that no scanner takes this file for a leak.
const JWT: &str =
    concat!("eyJhbGciOiJIUzI1NiJ9", ".", "eyJzdWIiOiJ1c2VyMTIzIn0", ".", "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV");
const GITHUB: &str = concat!("gho", "_", "abcdefghijklmnopqrstuvwxyz0123456789");

#[test]
fn parameters_with_telling_names_lose_name_and_value() {
    for name in [
        "pass",
        "password",
        "passwd",
        "pwd",
        "pword",
        "passphrase",
        "pass_phrase",
        "pass-phrase",
        "old_password",
        "new-pwd",
        "oldpassword1",
        "password2",
        "secret",
        "api_key",
        "apikey",
        "api-key-id",
        "private_key",
        "public_key",
        "access_key",
        "secret_key",
        "app_key",
        "application_key",
        "token",
        "consumer_id",
        "consumer_key",
        "consumer-secret",
        "sign",
        "signed",
        "signature",
        "auth",
        "authentication",
        "authorization",
        "PASSWORD",
        "Api_Key",
    ] {
        assert_eq!(redact(&format!("a=1&{name}=x%20y&b=2")), "a=1&<redacted>&b=2", "{name}");
    }
}

#[test]
fn the_value_may_be_written_in_several_ways() {
    for (query, expected) in [
        ("password%3Dsecret", "<redacted>"),
        ("password%20=%20value", "<redacted>"),
        ("password=x&token=y", "<redacted>&<redacted>"),
        ("my_token=x", "my_<redacted>"),
        (r#"json={"password":"value","a":1}"#, r#"json={<redacted>,"a":1}"#),
        (r#"{"password" : "va lue"}"#, r#"{<redacted>}"#),
        ("json=%7B%22password%22%3A%22value%22%7D", "json=%7B<redacted>%7D"),
        ("key1=val1&token=a0b21ce2-006f-4cc6-95d5-d7b550698482&key2=val2", "key1=val1&<redacted>&key2=val2"),
    ] {
        assert_eq!(redact(query), expected, "{query}");
    }
}

#[test]
fn tokens_and_keys_are_known_by_their_shape() {
    let ssh = format!("ssh-rsa%20{}", "a".repeat(100));
    let ecdsa = format!("ecdsa-sha2-nistp256 {}== me@host", "aB%2F".repeat(50));
    for secret in [
        "bearer%20abc.def-1",
        "Bearer x",
        "token:1234567890abc",
        "token%3A1234567890ABC",
        GITHUB,
        JWT,
        "-----BEGIN RSA PRIVATE KEY-----abc-----END RSA PRIVATE KEY-----",
        "-----begin%20private%20key-----abc-----end%20private%20key-----%0A",
        &ssh,
    ] {
        assert_eq!(redact(&format!("a=1&{secret}&b=2")), "a=1&<redacted>&b=2", "{secret}");
    }
    assert_eq!(redact(&ecdsa), "<redacted>@host");
}

#[test]
fn harmless_queries_stay() {
    for query in [
        "",
        "a=1&b=2",
        "password",
        "password=",
        "password=&a=1",
        "bearer",
        "bearer%20!",
        "token:123456789012",
        "gho_short",
        "eyJhbGciOiJIUzI1NiJ9",
        "eyM.eyM",
        "key=1&keyword=monkey&design",
        "from=2026-11-21&height=7",
        "-----BEGIN CERTIFICATE-----abc-----END CERTIFICATE-----",
        "ssh-rsa%20short",
        "q=日本語&é=ü",
    ] {
        assert_eq!(redact(query), query);
    }
}

// The hints only save time: the pattern alone must come to the same result.
#[test]
fn everything_the_pattern_finds_holds_a_hint() {
    let pattern = Pattern::new(DEFAULT).unwrap();
    let starts = [
        "password=x",
        "PWD=x",
        "pword=x",
        "secret=x",
        "api_key=x",
        "token=x",
        "consumer_id=x",
        "sign=x",
        "auth=x",
        "Bearer x",
    ];
    let jwts = ["i", "J", "k", "L"].map(|letter| format!("ey{letter}a.ey{letter}b"));
    let hubs = ["o", "P", "s", "U"].map(|letter| format!("gh{letter}_{}", "1".repeat(36)));
    let keys = [format!("SSH-dss {}", "a".repeat(100)), format!("ecdsa-a-b {}", "a".repeat(100))];
    let pem = ["-----BEGIN a PRIVATE KEY-----a-----END a PRIVATE KEY-----".to_owned()];
    for query in starts.map(str::to_owned).iter().chain(&jwts).chain(&hubs).chain(&keys).chain(&pem) {
        assert!(pattern.is_match(query) && is_suspicious(query), "{query}");
    }
}

#[test]
fn the_users_pattern_takes_the_place_of_the_default() {
    let own = QueryObfuscator::new(Some(r"user=[^&]+"));
    assert_eq!(own.redact("user=me&password=x"), "<redacted>&password=x");
    let off = QueryObfuscator::new(Some(""));
    assert_eq!(off.redact("password=x"), "password=x");
    let invalid = QueryObfuscator::new(Some("+"));
    assert_eq!(invalid.redact("user=me&password=x"), "user=me&<redacted>");
}

#[test]
fn of_a_long_query_the_whole_parameters_that_fit_stay() {
    let longest = "a".repeat(MAX_QUERY);
    assert_eq!(redact(&longest), longest);
    assert_eq!(redact(&"a".repeat(MAX_QUERY + 1)), "<redacted>");
    let fits = format!("a={}", "1".repeat(MAX_QUERY - 2));
    assert_eq!(redact(&format!("{fits}&b=2")), fits);
    // Cut in two, the token would no longer look like one.
    let many = format!("a={}&{GITHUB}&b=2", "1".repeat(MAX_QUERY - 20));
    assert_eq!(redact(&many), format!("a={}", "1".repeat(MAX_QUERY - 20)));
    assert_eq!(redact(&format!("{}&b", "é".repeat(MAX_QUERY))), "<redacted>");
}

#[test]
fn hostile_queries_end() {
    for piece in ["password", "eyJ", "eyJa.", "-----BEGIN ", "ssh-rsa ", "%2", "\"", "token:", "ecdsa-", "bearer%20"] {
        redact(&piece.repeat(10_000));
        redact(&piece.repeat(MAX_QUERY / piece.len()));
    }
}
