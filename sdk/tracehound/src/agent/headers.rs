//! The headers of the requests: who sends, and what the body holds. Source: agent-protocol 1.3, sdk.md 2.3.

use super::container::Container;

/// What the application says of where it runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surroundings {
    /// `DD_EXTERNAL_ENV`: which container this is, as the cluster's admission controller put it into the environment.
    pub(crate) external_env: Option<String>,
    /// Process tags, `key:value` joined by commas, if they are switched on.
    pub(crate) process_tags: Option<String>,
}

/// Header lines, ready to be written.
#[derive(Clone, Debug, Default)]
pub(super) struct Headers(String);

impl Headers {
    /// The headers every request has.
    pub(super) fn of_every_request(container: &Container, surroundings: &Surroundings) -> Self {
        let mut headers = Self::default();
        headers.add("Datadog-Meta-Lang", "rust");
        // Which compiler built this is known to a build script only; the oldest that could have is known here.
        headers.add("Datadog-Meta-Lang-Version", env!("CARGO_PKG_RUST_VERSION"));
        headers.add("Datadog-Meta-Lang-Interpreter", "rustc");
        headers.add("Datadog-Meta-Tracer-Version", env!("CARGO_PKG_VERSION"));
        headers.add_some("Datadog-Container-ID", container.id.as_deref());
        headers.add_some("Datadog-Entity-ID", container.entity.as_deref());
        headers.add_some("Datadog-External-Env", surroundings.external_env.as_deref());
        headers.add_some("X-Datadog-Process-Tags", surroundings.process_tags.as_deref());
        headers
    }

    /// Adds one header. Control characters of the value are left out: it may come from the environment, and a line
    /// break in it would be the start of another header.
    // One copy for the many that call it.
    #[inline(never)]
    pub(super) fn add(&mut self, name: &str, value: &str) {
        let value = value.trim().chars().filter(|c| !c.is_control());
        self.0.push_str(name);
        self.0.push_str(": ");
        self.0.extend(value);
        self.0.push_str("\r\n");
    }

    fn add_some(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.add(name, value);
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(container: &Container, surroundings: &Surroundings) -> Vec<String> {
        Headers::of_every_request(container, surroundings)
            .as_str()
            .split_terminator("\r\n")
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn the_language_is_always_told() {
        assert_eq!(
            lines(&Container::default(), &Surroundings::default()),
            [
                "Datadog-Meta-Lang: rust",
                concat!("Datadog-Meta-Lang-Version: ", env!("CARGO_PKG_RUST_VERSION")),
                "Datadog-Meta-Lang-Interpreter: rustc",
                concat!("Datadog-Meta-Tracer-Version: ", env!("CARGO_PKG_VERSION")),
            ]
        );
    }

    #[test]
    fn the_container_is_told_where_it_is_known() {
        let container = Container { id: Some("abc".into()), entity: Some("ci-abc".into()) };
        let surroundings = Surroundings {
            external_env: Some("it-false,cn-weblog,pu-75a2b6d5-3949-4afb-ad0d-92ff0674e759".into()),
            process_tags: Some("entrypoint.name:shop".into()),
        };
        assert_eq!(
            lines(&container, &surroundings)[4..],
            [
                "Datadog-Container-ID: abc",
                "Datadog-Entity-ID: ci-abc",
                "Datadog-External-Env: it-false,cn-weblog,pu-75a2b6d5-3949-4afb-ad0d-92ff0674e759",
                "X-Datadog-Process-Tags: entrypoint.name:shop",
            ]
        );
    }

    #[test]
    fn a_line_break_in_a_value_does_not_start_a_header() {
        let surroundings =
            Surroundings { external_env: Some("a\r\nX-Evil: 1\0".into()), process_tags: Some(String::new()) };
        assert_eq!(lines(&Container::default(), &surroundings)[4..], ["Datadog-External-Env: aX-Evil: 1"]);
    }
}
