//! What two tracers agree on: the tree of a trace as lines, in words that are the same for every framework.
//!
//! ```text
//! cafe http.request GET /donuts/{name} web http.method=GET http.route=/donuts/{name} http.status_code=200
//!   cafe donut donut
//!     cafe sqlite.query SELECT donuts sql
//!     cafe redis.command INCRBY redis
//! ```
//!
//! Left out are spans of what only one framework has, and the types of errors that are a library's.

use std::collections::BTreeMap;

use serde_json::Value;

/// Names of the same operation.
const REQUESTS: [&str; 4] = ["flask.request", "aiohttp.request", "requests.request", "http.request"];

/// The errors that are the services' own. Flask tells them on spans inside of its request's.
const ERRORS: [&str; 2] = ["NothingToTaste", "UnknownSubject"];

/// Tags of the services, and those that all tracers give to requests.
const TAGS: [&str; 3] = ["http.method", "http.route", "http.status_code"];
const OWN_TAGS: [&str; 3] = ["cafe.", "thinker.", "subject"];

/// Draws a trace as the API answers it. It must have one root, and each of its spans be below that.
pub(crate) fn outline(trace: &Value) -> Result<String, String> {
    let spans = trace["spans"].as_array().ok_or("no spans")?;
    let mut children: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for span in spans {
        children.entry(text(&span["parent_id"])).or_default().push(span);
    }
    for siblings in children.values_mut() {
        siblings.sort_by_key(|span| text(&span["start"]).parse::<u64>().unwrap_or(0));
    }
    let mut outline = Outline { children, seen: 0, lines: String::new() };
    outline.draw_below("0", 0);
    match (outline.children.get("0").map_or(0, Vec::len), spans.len() - outline.seen) {
        (1, 0) => Ok(outline.lines),
        (roots, lost) => Err(format!("{roots} roots, {lost} of {} spans not below them", spans.len())),
    }
}

struct Outline<'a> {
    /// By the parent's id, in the order in which they began.
    children: BTreeMap<&'a str, Vec<&'a Value>>,
    /// How many spans are drawn or left out.
    seen: usize,
    lines: String,
}

impl<'a> Outline<'a> {
    fn draw_below(&mut self, parent: &str, depth: usize) {
        for span in self.children.get(parent).cloned().unwrap_or_default() {
            self.seen += 1;
            let below = if is_framework(text(&span["name"])) {
                depth
            } else {
                self.lines += &format!("{:1$}{2}\n", "", 2 * depth, line(span));
                depth + 1
            };
            self.draw_below(text(&span["span_id"]), below);
        }
    }
}

/// Whether a span is of something that others do not have: Flask's steps, SQLAlchemy's rollbacks, hooks.
fn is_framework(name: &str) -> bool {
    let is_step = name.starts_with("flask.") && name != "flask.request";
    is_step || name.starts_with("sqlite.connection.") || name == "main.tell_trace_id"
}

fn line(span: &Value) -> String {
    let meta = &span["meta"];
    let (sent_name, resource) = (text(&span["name"]), text(&span["resource"]));
    let is_request = REQUESTS.contains(&sent_name);
    // ddtrace puts a function's module in front of its name, and the route of its handler into the resource.
    let handler = sent_name.strip_prefix("main.");
    let name = if is_request { "http.request" } else { handler.unwrap_or(sent_name) };
    let resource = match handler {
        Some(handler) => handler.to_owned(),
        None if name == "sqlite.query" => statement(resource),
        None => route(resource),
    };
    let mut line = [service(span), name, &resource, text(&span["type"])].join(" ").trim_end().to_owned();
    for (key, value) in tags(span) {
        line += &format!(" {key}={value}");
    }
    if span["error"] == 1 {
        let error = text(&meta["error.type"]).rsplit(['.', ':']).next().unwrap_or("");
        line += " failed";
        if ERRORS.contains(&error) && !is_request {
            line += &format!(": {error}");
        }
    }
    line
}

/// The application's service, where ddtrace gives a library one of its own.
fn service(span: &Value) -> &str {
    let (service, meta) = (text(&span["service"]), &span["meta"]);
    if service == text(&meta["component"]) { text(&meta["_dd.base_service"]) } else { service }
}

/// The verb and the table: how columns are listed is each library's own way.
fn statement(sql: &str) -> String {
    let mut words = sql.split_whitespace();
    let verb = words.next().unwrap_or("");
    let table = words.skip_while(|word| *word != "FROM").nth(1).unwrap_or("");
    format!("{verb} {table}")
}

/// A route, its parameters in the braces of axum.
fn route(route: &str) -> String {
    route.replace('<', "{").replace('>', "}")
}

fn tags(span: &Value) -> BTreeMap<&str, String> {
    let meta = span["meta"].as_object().into_iter().flatten();
    let metrics = span["metrics"].as_object().into_iter().flatten();
    let is_told = |key: &str| TAGS.contains(&key) || OWN_TAGS.iter().any(|own| key.starts_with(own));
    meta.chain(metrics)
        .filter(|(key, _)| is_told(key))
        .map(|(key, value)| (key.as_str(), value.as_str().map_or_else(|| value.to_string(), route)))
        .collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn span(ids: [&str; 2], at: u32, texts: [&str; 4], meta: Value) -> Value {
        let [service, name, resource, span_type] = texts;
        json!({
            "span_id": ids[0], "parent_id": ids[1], "start": at.to_string(), "error": i32::from(!meta["error.type"].is_null()),
            "service": service, "name": name, "resource": resource, "type": span_type, "meta": meta, "metrics": {},
        })
    }

    /// One request as Flask and SQLAlchemy show it, the youngest span first.
    fn python() -> Value {
        let sqlite = json!({"component": "sqlite", "_dd.base_service": "cafe"});
        json!({"spans": [
            span(["5", "3"], 50, ["cafe", "flask.jsonify", "flask.jsonify", ""], json!({})),
            span(["4", "3"], 40, ["sqlite", "sqlite.query", "SELECT beers.id \nFROM beers \nWHERE a = ?", "sql"], sqlite),
            span(["3", "2"], 30, ["cafe", "main.beer", "/beers/<name>", ""], json!({"error.type": "__main__.NothingToTaste"})),
            span(["2", "1"], 20, ["cafe", "flask.dispatch_request", "flask.dispatch_request", ""], json!({})),
            span(["1", "0"], 10, ["cafe", "flask.request", "GET /beers/<name>", "web"],
                json!({"http.route": "/beers/<name>", "http.status_code": "500", "cafe.beer": "stout"})),
        ]})
    }

    /// The same as axum and sqlx show it.
    fn rust() -> Value {
        json!({"spans": [
            span(["1", "0"], 10, ["cafe", "http.request", "GET /beers/{name}", "web"],
                json!({"http.route": "/beers/{name}", "http.status_code": "500", "cafe.beer": "stout", "component": "axum"})),
            span(["2", "1"], 20, ["cafe", "beer", "beer", ""], json!({"error.type": "taster::NothingToTaste"})),
            span(["3", "2"], 30, ["cafe", "sqlite.query", "SELECT * FROM beers WHERE a = ?", "sql"], json!({})),
        ]})
    }

    #[test]
    fn what_frameworks_show_differently_is_drawn_the_same() {
        let expected = "\
cafe http.request GET /beers/{name} web cafe.beer=stout http.route=/beers/{name} http.status_code=500
  cafe beer beer failed: NothingToTaste
    cafe sqlite.query SELECT beers sql
";
        assert_eq!(outline(&python()).unwrap(), expected);
        assert_eq!(outline(&rust()).unwrap(), expected);
    }

    #[test]
    fn every_other_difference_is_seen() {
        let drawn = outline(&rust()).unwrap();
        for (pointer, value) in [
            ("/spans/1/service", "taster"),
            ("/spans/1/name", "donut"),
            ("/spans/1/resource", "donut"),
            ("/spans/2/resource", "SELECT * FROM donuts"),
            ("/spans/2/type", "http"),
            ("/spans/2/parent_id", "1"),
            ("/spans/1/meta/error.type", "taster::UnknownSubject"),
            ("/spans/0/meta/http.status_code", "404"),
            ("/spans/0/meta/cafe.beer", "pilsner"),
        ] {
            let mut trace = rust();
            *trace.pointer_mut(pointer).unwrap() = json!(value);
            assert_ne!(outline(&trace).unwrap(), drawn, "{pointer}");
        }
    }

    #[test]
    fn a_trace_has_one_root_above_all_spans() {
        for parents in [["0", "9"], ["0", "0"], ["9", "1"]] {
            let spans = [("1", parents[0]), ("2", parents[1])];
            let spans = spans.map(|(id, parent)| span([id, parent], 1, ["cafe", "beer", "beer", ""], json!({})));
            assert!(outline(&json!({"spans": spans})).is_err(), "{parents:?}");
        }
    }
}
