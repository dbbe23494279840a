//! What is asked of the services, and what each request must leave behind.

use std::collections::BTreeSet;

use serde_json::Value;

/// A request and its trace.
pub(crate) struct Expectation {
    /// Which service is asked.
    pub(crate) app: App,
    /// Path and query.
    pub(crate) path: &'static str,
    /// What it answers.
    pub(crate) status: u16,
    /// Service and resource of the root span.
    root: (&'static str, &'static str),
    /// Whether the root failed.
    root_failed: bool,
    /// All services of the trace, sorted.
    services: &'static [&'static str],
    /// How many spans of an operation there are, and how many of them failed. Names are as normalised: ddtrace sends
    /// `__main__.beer` for what is `main.beer` here.
    operations: &'static [(&'static str, usize, usize)],
    /// Tags that some span of an operation has.
    tags: &'static [(&'static str, &'static str, &'static str)],
    /// Metrics that some span of an operation has.
    metrics: &'static [(&'static str, &'static str, f64)],
}

/// Who can be asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum App {
    /// Beers, donuts, and which goes with which.
    Cafe,
    /// Thoughts on subjects.
    Thinker,
}

/// All requests.
pub(crate) const ALL: &[Expectation] = &[
    Expectation {
        app: App::Cafe,
        path: "/beers",
        status: 200,
        root: ("cafe", "GET /beers"),
        root_failed: false,
        services: &["cafe", "sqlite"],
        operations: &[("flask.request", 1, 0)],
        tags: &[("flask.request", "http.status_code", "200"), ("flask.request", "http.method", "GET")],
        metrics: &[],
    },
    Expectation {
        app: App::Cafe,
        path: "/donuts/glazed",
        status: 200,
        root: ("cafe", "GET /donuts/<name>"),
        root_failed: false,
        services: &["cafe", "redis", "sqlite"],
        operations: &[("flask.request", 1, 0), ("redis.command", 1, 0)],
        tags: &[("redis.command", "component", "redis"), ("flask.request", "http.route", "/donuts/<name>")],
        metrics: &[],
    },
    Expectation {
        app: App::Cafe,
        path: "/pair/beer?name=stout",
        status: 200,
        root: ("cafe", "GET /pair/beer"),
        root_failed: false,
        services: &["cafe", "requests", "sqlite", "taster"],
        operations: &[("flask.request", 6, 0), ("requests.request", 5, 0), ("taster.score", 5, 0), ("cafe.rank", 1, 0)],
        tags: &[("cafe.rank", "cafe.beer", "stout")],
        metrics: &[("cafe.rank", "cafe.candidates", 5.0)],
    },
    Expectation {
        app: App::Cafe,
        path: "/pair/beer/fast?name=stout",
        status: 200,
        root: ("cafe", "GET /pair/beer/fast"),
        root_failed: false,
        services: &["cafe", "requests", "sqlite", "taster"],
        operations: &[("flask.request", 2, 0), ("requests.request", 1, 0), ("taster.score", 5, 0)],
        tags: &[],
        metrics: &[("cafe.rank", "cafe.candidates", 5.0)],
    },
    Expectation {
        app: App::Cafe,
        path: "/pair/beer?name=mystery",
        status: 500,
        root: ("cafe", "GET /pair/beer"),
        root_failed: true,
        services: &["cafe", "requests", "sqlite", "taster"],
        operations: &[("flask.request", 2, 2), ("taster.score", 1, 1)],
        tags: &[
            ("taster.score", "error.type", "__main__.NothingToTaste"),
            ("flask.dispatch_request", "error.type", "requests.exceptions.HTTPError"),
        ],
        metrics: &[],
    },
    Expectation {
        app: App::Cafe,
        path: "/beers/nosuch",
        status: 404,
        root: ("cafe", "GET /beers/<name>"),
        root_failed: false,
        services: &["cafe", "sqlite"],
        operations: &[("flask.request", 1, 0), ("main.beer", 1, 1)],
        tags: &[
            ("flask.request", "http.status_code", "404"),
            ("main.beer", "error.type", "werkzeug.exceptions.NotFound"),
        ],
        metrics: &[],
    },
    Expectation {
        app: App::Thinker,
        path: "/think/?subject=technology&subject=foo_bar",
        status: 200,
        root: ("thinker-api", "GET /think/"),
        root_failed: false,
        services: &["requests", "thinker-api", "thinker-microservice"],
        operations: &[("thinker.ask", 2, 0), ("think", 2, 1), ("aiohttp.request", 2, 1)],
        tags: &[("thinker.ask", "thinker.subject", "foo_bar"), ("think", "error.type", "__main__.UnknownSubject")],
        metrics: &[],
    },
];

impl Expectation {
    /// What about a trace, as the API answers it, is not as it should be.
    pub(crate) fn differs(&self, trace: &Value) -> Result<(), String> {
        let spans = trace["spans"].as_array().ok_or("no spans")?;
        let services: BTreeSet<_> = spans.iter().filter_map(|span| span["service"].as_str()).collect();
        if !services.iter().eq(self.services) {
            return Err(format!("services {services:?} instead of {:?}", self.services));
        }
        let roots: Vec<_> = spans.iter().filter(|span| span["parent_id"] == "0").collect();
        let [root] = roots[..] else { return Err(format!("{} roots", roots.len())) };
        if (&root["service"], &root["resource"]) != (&self.root.0.into(), &self.root.1.into()) {
            return Err(format!("the root is {} {} instead of {:?}", root["service"], root["resource"], self.root));
        }
        if (root["error"] == 1) != self.root_failed {
            return Err(format!("the root's error is {}", root["error"]));
        }
        for &(name, count, failed) in self.operations {
            let found = (of(spans, name).count(), of(spans, name).filter(|span| span["error"] == 1).count());
            if found != (count, failed) {
                return Err(format!("{name}: {found:?} spans and errors instead of {:?}", (count, failed)));
            }
        }
        let missing_tag =
            self.tags.iter().find(|(name, key, value)| !of(spans, name).any(|span| span["meta"][key] == *value));
        let missing_metric =
            self.metrics.iter().find(|(name, key, value)| !of(spans, name).any(|span| span["metrics"][key] == *value));
        match (missing_tag, missing_metric) {
            (Some(tag), _) => Err(format!("no span has {tag:?}")),
            (_, Some(metric)) => Err(format!("no span has {metric:?}")),
            (None, None) => Ok(()),
        }
    }
}

/// The spans of one operation.
fn of<'a>(spans: &'a [Value], name: &'a str) -> impl Iterator<Item = &'a Value> {
    spans.iter().filter(move |span| span["name"] == name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn trace() -> Value {
        json!({"spans": [
            {"parent_id": "0", "service": "cafe", "resource": "GET /beers/<name>", "name": "flask.request", "error": 0,
             "meta": {"http.status_code": "404"}, "metrics": {}},
            {"parent_id": "7", "service": "cafe", "resource": "beer", "name": "main.beer", "error": 1,
             "meta": {"error.type": "werkzeug.exceptions.NotFound"}, "metrics": {}},
            {"parent_id": "7", "service": "sqlite", "resource": "SELECT", "name": "sqlite.query", "error": 0,
             "meta": {}, "metrics": {}},
        ]})
    }

    #[test]
    fn every_clause_of_an_expectation_is_checked() {
        let expectation = ALL.iter().find(|expectation| expectation.path == "/beers/nosuch").unwrap();
        assert_eq!(expectation.differs(&trace()), Ok(()));
        for (pointer, value) in [
            ("/spans/2/service", json!("mysql")),
            ("/spans/0/parent_id", json!("9")),
            ("/spans/1/parent_id", json!("0")),
            ("/spans/0/resource", json!("GET /beers")),
            ("/spans/0/error", json!(1)),
            ("/spans/1/error", json!(0)),
            ("/spans/2/name", json!("flask.request")),
            ("/spans/0/meta/http.status_code", json!("200")),
            ("/spans/1/meta/error.type", json!("KeyError")),
        ] {
            let mut trace = trace();
            *trace.pointer_mut(pointer).unwrap() = value;
            assert!(expectation.differs(&trace).is_err(), "{pointer}");
        }
    }
}
