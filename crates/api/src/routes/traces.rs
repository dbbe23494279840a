//! `GET traces` and `GET traces/{id}`.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use tracehound_query::{Cursor, TraceKey, TraceRow};

use crate::Shared;
use crate::answer::json_answer;
use crate::error::Error;
use crate::span::{Text, write_trace};
use crate::stream;

/// Rows of a page unless it is said, and at most.
const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 1_000;

/// A trace may be as large in memory as two pages of the list.
const TRACE_SHARE: u32 = 2;

/// `GET traces/{id}`: every span of one trace.
pub(crate) async fn one(
    State(shared): State<Shared>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Error> {
    let Path(id) = id.map_err(|error| Error::invalid(error.body_text()))?;
    let key = TraceKey::parse(&id)?;
    let (trace, turn) =
        shared.ask(TRACE_SHARE, move |store| Ok(tracehound_query::trace(&store.snapshot(), key)?)).await?;
    let body = stream::body(move |out| {
        let _turn = turn;
        write_trace(&trace, out)
    });
    Ok(json_answer(StatusCode::OK, body))
}

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    limit: Option<String>,
    cursor: Option<String>,
}

/// `GET traces?limit=&cursor=`: the newest traces, a page at a time.
pub(crate) async fn list(
    State(shared): State<Shared>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Response, Error> {
    let Query(query) = query.map_err(|error| Error::invalid(error.body_text()))?;
    let limit = limit(query.limit.as_deref())?;
    let cursor = match query.cursor.as_deref() {
        None | Some("") => None,
        Some(text) => Some(text.parse::<Cursor>()?),
    };
    let body = shared.ask(1, move |store| {
        let page = tracehound_query::list(&store.snapshot(), limit, cursor)?;
        let traces = page.traces.iter().map(ListRow::from).collect();
        let answer = ListAnswer { traces, next: page.next.map(|cursor| cursor.to_string()) };
        serde_json::to_vec(&answer).map_err(|_| Error::bug())
    });
    let (body, _turn) = body.await?;
    Ok(json_answer(StatusCode::OK, body))
}

fn limit(text: Option<&str>) -> Result<usize, Error> {
    match text {
        None | Some("") => Ok(DEFAULT_LIMIT),
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
            .ok_or_else(|| Error::invalid(format!("limit is a number from 1 to {MAX_LIMIT}, not {text:?}"))),
    }
}

#[derive(Serialize)]
struct ListAnswer<'a> {
    traces: Vec<ListRow<'a>>,
    next: Option<String>,
}

#[derive(Serialize)]
struct ListRow<'a> {
    trace_id: Text<tracehound_model::TraceId>,
    start: Text<i64>,
    duration: Text<i64>,
    root: ListRoot<'a>,
    http_status: Option<&'a str>,
    spans: u64,
    errors: u64,
    services: &'a [String],
}

#[derive(Serialize)]
struct ListRoot<'a> {
    span_id: Text<u64>,
    service: &'a str,
    name: &'a str,
    resource: &'a str,
    r#type: &'a str,
}

impl<'a> From<&'a TraceRow> for ListRow<'a> {
    fn from(row: &'a TraceRow) -> ListRow<'a> {
        ListRow {
            trace_id: Text(row.id),
            start: Text(row.start),
            duration: Text(row.duration),
            root: ListRoot {
                span_id: Text(row.root.span_id),
                service: &row.root.service,
                name: &row.root.name,
                resource: &row.root.resource,
                r#type: &row.root.kind,
            },
            http_status: row.http_status.as_deref(),
            spans: row.spans,
            errors: row.errors,
            services: &row.services,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_from_1_to_1000_and_50_unless_said() {
        let cases = [
            (None, Some(50)),
            (Some("1"), Some(1)),
            (Some("1000"), Some(1000)),
            (Some("0"), None),
            (Some("1001"), None),
            (Some("-1"), None),
            (Some("x"), None),
        ];
        for (text, expected) in cases {
            assert_eq!(limit(text).ok(), expected, "{text:?}");
        }
    }
}
