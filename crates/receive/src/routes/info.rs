//! `/info`: what this agent can do, as clients read it to choose what to send.
//!
//! It claims only what is true here. Keys of the agent that stand for what does not exist here are left out, which clients
//! take as off. Source: agent-protocol 1.5.

use http::HeaderValue;
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};
use sha2::{Digest, Sha256};

use crate::Options;
use crate::answer::{self, Answer, TEXT};
use crate::routes::Route;

/// The agent that clients may take this for: they switch features on by its version.
pub(crate) const AGENT_VERSION: &str = "7.85.1";

/// The document and its hash, made once.
#[derive(Clone, Debug)]
pub(crate) struct Info {
    document: String,
    state: HeaderValue,
}

#[derive(Serialize)]
struct Document {
    version: &'static str,
    tracehound_version: &'static str,
    endpoints: Vec<&'static str>,
    /// Clients that drop traces have to count them in stats first, which are not taken.
    client_drop_p0s: bool,
    span_meta_structs: bool,
    long_running_spans: bool,
    span_events: bool,
    config: Config,
    /// None: no stats are computed.
    peer_tags: Option<Vec<&'static str>>,
    span_kinds_stats_computed: Option<Vec<&'static str>>,
}

#[derive(Serialize)]
struct Config {
    receiver_port: u16,
    /// Connections per 30 s; 0 is no such limit.
    connection_limit: usize,
    /// In seconds.
    receiver_timeout: u64,
    max_request_bytes: usize,
}

impl Info {
    pub(crate) fn new(options: &Options) -> Info {
        let document = Document {
            version: AGENT_VERSION,
            tracehound_version: env!("CARGO_PKG_VERSION"),
            endpoints: Route::listed().collect(),
            client_drop_p0s: false,
            span_meta_structs: true,
            long_running_spans: false,
            span_events: true,
            config: Config {
                receiver_port: options.receiver_port,
                connection_limit: 0,
                receiver_timeout: options.body_timeout.as_secs(),
                max_request_bytes: options.max_body_bytes,
            },
            peer_tags: None,
            span_kinds_stats_computed: None,
        };
        let document = indented_by_tabs(&document);
        let state = hex(&Sha256::digest(&document));
        Info { document, state: HeaderValue::from_str(&state).expect("hex digits are a header value") }
    }

    /// The document as an answer.
    pub(crate) fn answer(&self) -> Answer {
        answer::ok(TEXT, self.document.clone())
    }

    /// Lower-case hex SHA-256 of the document: the header `Datadog-Agent-State`.
    pub(crate) fn state(&self) -> HeaderValue {
        self.state.clone()
    }
}

fn indented_by_tabs(document: &Document) -> String {
    let mut out = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut out, PrettyFormatter::with_indent(b"\t"));
    document.serialize(&mut serializer).expect("the document has only text keys");
    String::from_utf8(out).expect("JSON is UTF-8")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_what_clients_have_read_before() {
        let expected = format!(
            "{{
\t\"version\": \"7.85.1\",
\t\"tracehound_version\": \"{}\",
\t\"endpoints\": [
\t\t\"/v0.3/traces\",
\t\t\"/v0.3/services\",
\t\t\"/v0.4/traces\",
\t\t\"/v0.4/services\",
\t\t\"/v0.5/traces\"
\t],
\t\"client_drop_p0s\": false,
\t\"span_meta_structs\": true,
\t\"long_running_spans\": false,
\t\"span_events\": true,
\t\"config\": {{
\t\t\"receiver_port\": 8126,
\t\t\"connection_limit\": 0,
\t\t\"receiver_timeout\": 5,
\t\t\"max_request_bytes\": 26214400
\t}},
\t\"peer_tags\": null,
\t\"span_kinds_stats_computed\": null
}}",
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(Info::new(&Options::new(8126, 2)).document, expected);
    }

    #[test]
    fn the_state_is_the_hash_of_the_document() {
        // echo -n abc | sha256sum
        assert_eq!(hex(&Sha256::digest("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let info = Info::new(&Options::new(1, 2));
        assert_eq!(info.state(), hex(&Sha256::digest(&info.document)));
        assert_ne!(info.state(), Info::new(&Options::new(2, 2)).state());
    }
}
