//! The routes: few, exact, any method. Source: agent-protocol 1.2.

mod info;
mod services;
mod traces;
mod unknown;

pub(crate) use info::{AGENT_VERSION, Info};
pub(crate) use services::services;
pub(crate) use traces::{Version, traces};
pub(crate) use unknown::{redirect, unknown};

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// What this agent can do.
    Info,
    /// Nothing, since tracers stopped to describe services; answered for those that still do.
    Services,
    /// Trace payloads.
    Traces(Version),
}

/// Every path with its route, and whether `/info` lists it; in the order in which it does.
const ROUTES: &[(&str, Route, bool)] = &[
    ("/spans", Route::Traces(Version::V01), false),
    ("/v0.1/spans", Route::Traces(Version::V01), false),
    ("/services", Route::Services, false),
    ("/v0.1/services", Route::Services, false),
    ("/v0.2/services", Route::Services, false),
    ("/v0.2/traces", Route::Traces(Version::V02), false),
    ("/v0.3/traces", Route::Traces(Version::V03), true),
    ("/v0.3/services", Route::Services, true),
    ("/v0.4/traces", Route::Traces(Version::V04), true),
    ("/v0.4/services", Route::Services, true),
    ("/v0.5/traces", Route::Traces(Version::V05), true),
    ("/info", Route::Info, false),
];

impl Route {
    /// The route of a path.
    pub(crate) fn find(path: &str) -> Option<Route> {
        ROUTES.iter().find(|(known, ..)| *known == path).map(|&(_, route, _)| route)
    }

    /// The paths that `/info` lists.
    pub(crate) fn listed() -> impl Iterator<Item = &'static str> {
        ROUTES.iter().filter(|(_, _, listed)| *listed).map(|&(path, ..)| path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_exact() {
        assert_eq!(Route::find("/v0.4/traces"), Some(Route::Traces(Version::V04)));
        for path in ["/v0.4/traces/", "/V0.4/traces", "/v0.4", "/", "", "/v0.7/traces", "/v1.0/traces", "/v0.6/stats"] {
            assert_eq!(Route::find(path), None, "{path}");
        }
    }
}
