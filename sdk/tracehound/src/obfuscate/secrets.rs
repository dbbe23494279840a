//! Finds what the default pattern for query strings matches, without a regular expression: the pattern has hundreds of states and costs
//! a microsecond a byte, on the request's thread. The tests hold this against the pattern itself.
//!
//! Every function takes the text from some place on and gives what is left after a match. Whatever is optional or repeated is taken as
//! far as it goes, because nothing that may follow begins like it; the one exception is the label of a private key.

/// What is left after a match.
type Rest<'a> = Option<&'a [u8]>;

/// Names of parameters that hold secrets, in words. Between two words is a hyphen, an underscore, or nothing.
const NAMES: [&[&str]; 27] = [
    &["pass"],
    &["pass", "phrase"],
    &["secret"],
    &["secret", "key"],
    &["secret", "key", "id"],
    &["sign"],
    &["signed"],
    &["signature"],
    &["token"],
    &["auth"],
    &["authentication"],
    &["authorization"],
    &["api", "key"],
    &["api", "key", "id"],
    &["access", "key"],
    &["access", "key", "id"],
    &["app", "key"],
    &["app", "key", "id"],
    &["application", "key"],
    &["application", "key", "id"],
    &["private", "key"],
    &["private", "key", "id"],
    &["public", "key"],
    &["public", "key", "id"],
    &["consumer", "id"],
    &["consumer", "key"],
    &["consumer", "secret"],
];

const PASSWORDS: [&str; 4] = ["password", "passwd", "pword", "pwd"];

/// The shortest SSH key, in characters.
const MIN_SSH_KEY: usize = 100;

/// Looks for secrets from the front to the back of a query.
pub(super) struct Scanner<'a> {
    query: &'a str,
    at: usize,
    /// Up to here nothing begins like a JWT and ends like one: a longer start came to the same end in vain. Without this, a query of
    /// nothing but starts would take quadratic time.
    no_jwt_before: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(query: &'a str) -> Self {
        Self { query, at: 0, no_jwt_before: 0 }
    }

    /// What lies between the last secret and the next one. The end of the query is no secret.
    pub(super) fn harmless_before_next(&mut self) -> (&'a str, bool) {
        let start = self.at;
        while let Some(text) = self.query.as_bytes().get(self.at..).filter(|text| !text.is_empty()) {
            if let Some(rest) = self.secret(text) {
                let harmless = self.query.get(start..self.at).unwrap_or_default();
                self.at = self.query.len() - rest.len();
                return (harmless, true);
            }
            self.at += 1;
        }
        (self.query.get(start..).unwrap_or_default(), false)
    }

    fn secret(&mut self, text: &'a [u8]) -> Rest<'a> {
        match text.first()?.to_ascii_lowercase() {
            b'e' => self.jwt(text).or_else(|| ssh_key(text)),
            b'g' => github_token(text),
            b'-' => private_key(text),
            b'b' => bearer(text),
            b's' => parameter(text).or_else(|| ssh_key(text)),
            b't' => parameter(text).or_else(|| short_token(text)),
            b'"' | b'%' | b'a' | b'c' | b'n' | b'o' | b'p' => parameter(text),
            _ => None,
        }
    }

    /// `ey….ey….…`, where the third part may be missing.
    fn jwt(&mut self, text: &'a [u8]) -> Rest<'a> {
        if self.at < self.no_jwt_before {
            return None;
        }
        let segment_end = some(jwt_start(text)?, jwt_letter)?;
        let signed = literal(segment_end, ".").and_then(jwt_start).and_then(|text| some(text, jwt_letter));
        let Some(rest) = signed else {
            self.no_jwt_before = self.query.len() - segment_end.len();
            return None;
        };
        let signature = |text| class(text, |byte| matches!(byte, b'.' | b'+' | b'/')).or_else(|| jwt_letter(text));
        let signature = |text| signature(text).or_else(|| one_of(text, &["%2F", "%2B"]));
        Some(literal(rest, ".").and_then(|text| some(text, signature)).unwrap_or(rest))
    }
}

/// A telling name, and its value behind `=` or as JSON.
fn parameter(text: &[u8]) -> Rest<'_> {
    let text = optional(text, quote);
    let versioned = one_of(text, &["old", "new"]).map_or(text, |text| optional(text, hyphen));
    let password = PASSWORDS.iter().find_map(|name| literal(versioned, name));
    let password = password.and_then(|text| value(optional(text, |text| one_of(text, &["1", "2"]))));
    password.or_else(|| NAMES.iter().find_map(|words| value(name(text, words)?)))
}

fn name<'a>(text: &'a [u8], words: &[&str]) -> Rest<'a> {
    let (first, others) = words.split_first()?;
    others.iter().try_fold(literal(text, first)?, |text, word| literal(optional(text, hyphen), word))
}

fn value(text: &[u8]) -> Rest<'_> {
    let assigned =
        one_of(any(text, space), &["=", "%3D"]).and_then(|text| some(text, |text| class(text, |byte| byte != b'&')));
    assigned.or_else(|| {
        let colon = one_of(any(quote(text)?, space), &[":", "%3A"])?;
        quote(some(quote(any(colon, space))?, json_letter)?)
    })
}

/// A character of a JSON text in a query; `"` and `%22` end it.
fn json_letter(text: &[u8]) -> Rest<'_> {
    match text {
        [b'%', b'2', b'2', ..] | [b'%', b'2'] | [b'%'] | [b'"', ..] => None,
        [b'%', b'2', _, rest @ ..] | [b'%', _, rest @ ..] | [_, rest @ ..] => Some(rest),
        [] => None,
    }
}

fn bearer(text: &[u8]) -> Rest<'_> {
    some(some(literal(text, "bearer")?, space)?, label_letter)
}

fn short_token(text: &[u8]) -> Rest<'_> {
    times(one_of(literal(text, "token")?, &[":", "%3A"])?, 13)
}

fn github_token(text: &[u8]) -> Rest<'_> {
    times(one_of(text, &["gho_", "ghp_", "ghs_", "ghu_"])?, 36)
}

fn jwt_start(text: &[u8]) -> Rest<'_> {
    class(literal(text, "ey")?, |byte| matches!(byte.to_ascii_lowercase(), b'i'..=b'l'))
}

fn jwt_letter(text: &[u8]) -> Rest<'_> {
    let letter = class(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'=' | b'-'));
    letter.or_else(|| literal(text, "%3D"))
}

/// From `-----BEGIN … PRIVATE KEY-----` to `-----END … PRIVATE KEY-----`.
fn private_key(text: &[u8]) -> Rest<'_> {
    let body = literal(private_key_label(literal(text, "-----BEGIN")?)?, "-----")?;
    let end = some(body, |text| class(text, |byte| byte != b'-'))?;
    let end = private_key_label(literal(end, "-----END")?)?;
    let end = optional(end, |text| literal(text, "-----"));
    Some(optional(end, |text| one_of(text, &["\n", "%0A"])))
}

/// Words up to the last `PRIVATE KEY` among them, with at least a character before it.
fn private_key_label(text: &[u8]) -> Rest<'_> {
    let letter = |text| class(text, |byte| byte.is_ascii_alphabetic()).or_else(|| space(text));
    let mut last = None;
    let mut text = letter(text)?;
    loop {
        let key = literal(text, "PRIVATE").and_then(space).and_then(|text| literal(text, "KEY"));
        last = key.or(last);
        match letter(text) {
            Some(rest) => text = rest,
            None => return last,
        }
    }
}

/// A public key, with the comment behind it.
fn ssh_key(text: &[u8]) -> Rest<'_> {
    let letter = |text| class(text, |byte| byte.is_ascii_alphanumeric());
    let kind = one_of(text, &["ssh-rsa", "ssh-dss"]).or_else(|| {
        let curve = literal(some(literal(text, "ecdsa-")?, letter)?, "-")?;
        some(curve, letter)
    })?;
    let blank = |text| space(text).or_else(|| literal(text, "%09"));
    let key_letter = |text| class(text, |byte| matches!(byte, b'/' | b'.' | b'+')).or_else(|| letter(text));
    let key_letter = |text| key_letter(text).or_else(|| one_of(text, &["%2F", "%5C", "%2B"]));
    let mut key = some(kind, blank)?;
    for _ in 0..MIN_SSH_KEY {
        key = key_letter(key)?;
    }
    let rest = any(any(key, key_letter), |text| one_of(text, &["=", "%3D"]));
    Some(some(rest, blank).and_then(|text| some(text, label_letter)).unwrap_or(rest))
}

fn label_letter(text: &[u8]) -> Rest<'_> {
    class(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

fn space(text: &[u8]) -> Rest<'_> {
    class(text, |byte| byte.is_ascii_whitespace()).or_else(|| literal(text, "%20"))
}

fn quote(text: &[u8]) -> Rest<'_> {
    one_of(text, &["\"", "%22"])
}

fn hyphen(text: &[u8]) -> Rest<'_> {
    one_of(text, &["-", "_"])
}

/// A word in either case.
#[inline]
fn literal<'a>(text: &'a [u8], word: &str) -> Rest<'a> {
    let (start, rest) = text.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word.as_bytes()).then_some(rest)
}

fn one_of<'a>(text: &'a [u8], words: &[&str]) -> Rest<'a> {
    words.iter().find_map(|word| literal(text, word))
}

#[inline]
fn class(text: &[u8], holds: impl Fn(u8) -> bool) -> Rest<'_> {
    text.split_first().filter(|(byte, _)| holds(**byte)).map(|(_, rest)| rest)
}

fn optional<'a>(text: &'a [u8], piece: impl Fn(&'a [u8]) -> Rest<'a>) -> &'a [u8] {
    piece(text).unwrap_or(text)
}

fn any<'a>(mut text: &'a [u8], piece: impl Fn(&'a [u8]) -> Rest<'a>) -> &'a [u8] {
    while let Some(rest) = piece(text) {
        text = rest;
    }
    text
}

fn some<'a>(text: &'a [u8], piece: impl Fn(&'a [u8]) -> Rest<'a>) -> Rest<'a> {
    piece(text).map(|text| any(text, piece))
}

/// So many letters or digits.
fn times(text: &[u8], count: usize) -> Rest<'_> {
    let (letters, rest) = text.split_at_checked(count)?;
    letters.iter().all(u8::is_ascii_alphanumeric).then_some(rest)
}
