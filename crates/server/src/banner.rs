//! What the program prints: how to reach it, its settings, why it ended. Logs go to standard error; answers to what the
//! user asked go to standard output.

use std::io::{self, Write};
use std::path::Path;

use tracehound_config::Said;

use crate::Error;

/// Tells where to send and where to look.
pub(crate) fn started(receiver: Option<&str>, api: &str, data_dir: &Path) {
    print(&start_text(receiver, api, data_dir));
}

/// Prints every setting with its origin.
pub(crate) fn settings(said: &Said) {
    print(&said.to_string());
}

/// Tells why the program ends, and what may be done about it.
pub(crate) fn failed(error: &Error) {
    let hint = error.hint().map_or_else(String::new, |hint| format!("{hint}\n"));
    // If standard error is gone there is nobody to tell; the exit code still says it.
    let _ = write!(io::stderr(), "tracehound: {error}\n{hint}");
}

fn print(text: &str) {
    let mut out = io::stdout();
    // A reader that left, as in `tracehound | head -1`, is no reason to stop serving.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn start_text(receiver: Option<&str>, api: &str, data_dir: &Path) -> String {
    let mut text = format!("Tracehound {}\n\n", env!("CARGO_PKG_VERSION"));
    text += &format!("  tracers send to   {}\n", receiver.unwrap_or("nothing, the trace receiver is switched off"));
    text += &format!("  pages and API at  {api}\n  data is kept in   {}\n", data_dir.display());
    if let Some(url) = receiver {
        text += &format!("\nPoint a tracer here:  DD_TRACE_AGENT_URL={url}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_text_has_both_addresses_and_the_line_for_a_tracer() {
        let expected = format!(
            "\
Tracehound {}

  tracers send to   http://localhost:8126
  pages and API at  http://localhost:8127
  data is kept in   ./tracehound-data

Point a tracer here:  DD_TRACE_AGENT_URL=http://localhost:8126
",
            env!("CARGO_PKG_VERSION")
        );
        let text = start_text(Some("http://localhost:8126"), "http://localhost:8127", Path::new("./tracehound-data"));
        assert_eq!(text, expected);
    }

    #[test]
    fn without_a_trace_receiver_no_tracer_is_pointed_here() {
        let text = start_text(None, "http://localhost:8127", Path::new("d"));
        assert!(text.contains("switched off") && !text.contains("DD_TRACE_AGENT_URL"), "{text}");
    }
}
