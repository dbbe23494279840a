//! Finds the URLs that stand within other text, such as the message of an error: `error sending request for url (https://shop/?token=abc)`.
//!
//! User name and password are what stands before the last `@` of an authority; a query is what follows a `?` up to the next blank or
//! quote. Text behind a question mark that is no query is not harmed by being taken for one: only secrets are cut from it.

use std::borrow::Cow;

use super::QueryObfuscator;

/// What stands behind a URL in a sentence, and at the end of none.
const PUNCTUATION: [char; 8] = [')', ']', '}', '.', ',', ';', ':', '!'];

/// Whether there is anything to look for, which for most errors there is not.
pub(crate) fn may_hold_secrets(text: &str) -> bool {
    text.contains('?') || text.contains("://")
}

impl QueryObfuscator {
    /// A text in which URLs have neither user and password, nor secrets in their queries.
    pub(crate) fn redact_within<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match without_users(text) {
            Cow::Borrowed(text) => self.redact_queries(text),
            Cow::Owned(text) => Cow::Owned(self.redact_queries(&text).into_owned()),
        }
    }

    fn redact_queries<'a>(&self, text: &'a str) -> Cow<'a, str> {
        replaced(text, "?", |rest| {
            let word = rest.split(ends_url).next().unwrap_or_default();
            let query = word.trim_end_matches(PUNCTUATION);
            (query.len(), self.redact(query))
        })
    }
}

fn without_users(text: &str) -> Cow<'_, str> {
    replaced(text, "://", |rest| {
        let authority = rest.split(|letter| ends_url(letter) || matches!(letter, '/' | '?' | '#')).next();
        let user = authority.and_then(|authority| authority.rfind('@')).map_or(0, |at| at + 1);
        (user, Cow::Borrowed(""))
    })
}

/// Replaces what follows each `mark`: `change` says of the text behind it how many bytes to leave out, and what takes their place.
fn replaced<'a>(text: &'a str, mark: &str, change: impl Fn(&'a str) -> (usize, Cow<'a, str>)) -> Cow<'a, str> {
    let mut out = String::new();
    let mut kept_up_to = 0;
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once(mark) {
        let (len, new) = change(behind);
        let Some((old, after)) = behind.split_at_checked(len) else { break };
        if old != new {
            let start = text.len() - behind.len();
            out.push_str(text.get(kept_up_to..start).unwrap_or_default());
            out.push_str(&new);
            kept_up_to = start + len;
        }
        rest = after;
    }
    if kept_up_to == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(kept_up_to..).unwrap_or_default());
    Cow::Owned(out)
}

/// Characters that no URL holds as they are.
fn ends_url(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || matches!(letter, '"' | '\'' | '<' | '>' | '`')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redact(pattern: Option<&str>, text: &str) -> String {
        QueryObfuscator::new(pattern).redact_within(text).into_owned()
    }

    #[test]
    fn secrets_in_queries_are_cut_and_the_sentence_stays() {
        for (text, expected) in [
            (
                "error sending request for url (https://shop/p?a=1&token=abc&b=2)",
                "error sending request for url (https://shop/p?a=1&<redacted>&b=2)",
            ),
            (
                "request for url (https://shop/p?token=abc): connection refused",
                "request for url (https://shop/p?<redacted>): connection refused",
            ),
            ("GET /p?password=x failed", "GET /p?<redacted> failed"),
            (r#"{"url":"https://shop/?api_key=x","n":1}"#, r#"{"url":"https://shop/?<redacted>","n":1}"#),
            ("see <https://shop/?sign=x>, or `?pwd=y`.", "see <https://shop/?<redacted>>, or `?<redacted>`."),
            ("a?token=1\nb?token=2\tc", "a?<redacted>\nb?<redacted>\tc"),
            ("https://shop/?next=/p?token=abc.", "https://shop/?next=/p?<redacted>."),
            ("größe?token=é, größer?", "größe?<redacted>, größer?"),
        ] {
            assert_eq!(redact(None, text), expected);
        }
    }

    #[test]
    fn users_and_passwords_are_cut() {
        for (text, expected) in [
            ("cannot reach postgres://shop:pass@db:5432/shop", "cannot reach postgres://db:5432/shop"),
            ("redis://:p%40ss@cache, then amqp://u@mq", "redis://cache, then amqp://mq"),
            ("https://u:p@ss@shop/a@b?c=d@e", "https://shop/a@b?c=d@e"),
            ("https://shop/?next=https://u:p@other/", "https://shop/?next=https://other/"),
            ("https://u:p@[::1]:80", "https://[::1]:80"),
            ("://@", "://"),
        ] {
            assert_eq!(redact(None, text), expected);
        }
    }

    #[test]
    fn what_holds_no_secret_stays_as_it_is() {
        for text in [
            "",
            "?",
            "://",
            "what? why?",
            "no route to host",
            "SELECT * FROM t WHERE token = ? AND id = ?1",
            "https://shop/p?a=1&b=2#top",
            "mail me@shop.example, or see https://shop/@me",
            "at /rustc/abc/library/std/src/rt.rs:63:5",
        ] {
            assert_eq!(redact(None, text), text);
        }
    }

    #[test]
    fn the_users_pattern_holds_for_queries_and_none_leaves_them_but_not_the_user() {
        let text = "https://u:p@shop/p?token=abc&card=17";
        assert_eq!(redact(Some("card=[0-9]+"), text), "https://shop/p?token=abc&<redacted>");
        assert_eq!(redact(Some(""), text), "https://shop/p?token=abc&card=17");
    }

    #[test]
    fn hostile_text_takes_no_longer_than_its_length() {
        for piece in ["?", "://", "://@", "?token=", "a://b?c://d@"] {
            let text = piece.repeat(100_000 / piece.len());
            assert!(redact(None, &text).len() <= text.len(), "{piece}");
        }
    }

    #[test]
    fn ordinary_errors_are_not_looked_at() {
        assert!(!may_hold_secrets("Connection refused (os error 111)"));
        assert!(may_hold_secrets("ftp://u@h") && may_hold_secrets("/p?q"));
    }
}
