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
        (r#""pass":"a%2"b"c"#, r#"<redacted>c"#),
        (r#""pass":"a%"b%2F%22c"#, r#"<redacted>c"#),
        (r#""pass":"a%22"#, r#"<redacted>"#),
        (r#""pass":"a%2"#, r#""pass":"a%2"#),
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
    let twice = "-----BEGIN PRIVATE KEY PRIVATE KEY-----a-----END a PRIVATE KEY b PRIVATE KEYS";
    assert_eq!(redact(twice), "<redacted>S");
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

/// The default of `DD_TRACE_OBFUSCATION_QUERY_STRING_REGEXP`, as documented for the vendor's tracers, piece by piece.
const DOCUMENTED: &str = concat!(
    r#"(?i)(?:(?:"|%22)?)"#,
    // Names of parameters,
    r"(?:(?:old[-_]?|new[-_]?)?p(?:ass)?w(?:or)?d(?:1|2)?|pass(?:[-_]?phrase)?|secret",
    r"|(?:api[-_]?|private[-_]?|public[-_]?|access[-_]?|secret[-_]?|app(?:lication)?[-_]?)key(?:[-_]?id)?|token",
    r"|consumer[-_]?(?:id|key|secret)|sign(?:ed|ature)?|auth(?:entication|orization)?)",
    // with their value as parameters,
    r"(?:(?:\s|%20)*(?:=|%3D)[^&]+",
    // or in JSON.
    r#"|(?:"|%22)(?:\s|%20)*(?::|%3A)(?:\s|%20)*(?:"|%22)(?:%2[^2]|%[^2]|[^"%])+(?:"|%22))"#,
    // Tokens, of which GitHub's and JWTs have a shape of their own.
    r"|(?:bearer(?:\s|%20)+[a-z0-9._\-]+|token(?::|%3A)[a-z0-9]{13}|gh[opsu]_[0-9a-zA-Z]{36}",
    r"|ey[I-L](?:[\w=-]|%3D)+\.ey[I-L](?:[\w=-]|%3D)+(?:\.(?:[\w.+/=-]|%3D|%2F|%2B)+)?",
    // Private keys, and the public ones of SSH.
    r"|-{5}BEGIN(?:[a-z\s]|%20)+PRIVATE(?:\s|%20)KEY-{5}[^\-]+-{5}END(?:[a-z\s]|%20)+PRIVATE(?:\s|%20)KEY(?:-{5})?(?:\n|%0A)?",
    r"|(?:ssh-(?:rsa|dss)|ecdsa-[a-z0-9]+-[a-z0-9]+)(?:\s|%20|%09)+(?:[a-z0-9/.+]|%2F|%5C|%2B){100,}",
    r"(?:=|%3D)*(?:(?:\s|%20|%09)+[a-z0-9._-]+)?)",
);

// Queries put together from what the pattern speaks of, so that most of them come close to matching, and many do.
#[test]
fn what_is_found_is_what_the_documented_pattern_finds() {
    let pattern = Pattern::new(DOCUMENTED).unwrap();
    let (letters, base64) = ("x".repeat(36), "aB9/.+".repeat(17));
    let pieces = [
        "old",
        "new",
        "password",
        "passwd",
        "PWD",
        "pword",
        "pass",
        "phrase",
        "secret",
        "api",
        "private",
        "application",
        "key",
        "id",
        "token",
        "consumer",
        "sign",
        "ed",
        "ature",
        "Auth",
        "entication",
        "bearer",
        "gh",
        "o_",
        "ey",
        "J",
        "k",
        "-----",
        "BEGIN",
        "END",
        "PRIVATE",
        "KEY",
        "ssh-",
        "rsa",
        "dss",
        "ecdsa-",
        "-",
        "_",
        "=",
        "%3D",
        "%3d",
        "&",
        "\"",
        "%22",
        ":",
        "%3A",
        " ",
        "%20",
        "%09",
        "%0A",
        "\n",
        "%2F",
        "%2",
        "%",
        ".",
        "1",
        "2",
        "3",
        "é",
        "K",
        "+",
        "/",
        "a1234567890bc",
        &letters,
        &base64,
        "PRIVATE KEY-----",
        "-----BEGIN RSA ",
        "ssh-rsa ",
        "eyJa.eyJb",
        "token=",
        "\"pass\":\"",
    ];
    let mut state = 1_u64;
    let mut matches = 0;
    for _ in 0..ROUNDS {
        let mut query = String::new();
        for _ in 0..12 {
            // A linear congruence by Knuth; its high bits are the good ones.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            query.push_str(pieces[(state >> 33) as usize % pieces.len()]);
        }
        let expected = pattern.replace_all(&query, REDACTED);
        matches += usize::from(expected != query);
        assert_eq!(redact(&query), expected, "{query:?}");
    }
    assert!(matches > ROUNDS / 10, "only {matches} queries hold a secret");
}

/// Queries tried.
const ROUNDS: usize = 2_000;

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
