//! Commands to a real server, and the spans they make. Names and tags are those of the Python tracer's recorded spans, but for the
//! service and for `db.redis.database_index`, as the Go tracer has it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod server;

use redis::{AsyncCommands, Commands};
use server::Server;
use tracehound::InSpan;
use tracehound::testing::{FinishedSpan, InMemory};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Resource, raw command and words of each span but the first.
fn told(spans: &[FinishedSpan]) -> Vec<(&str, &str, f64)> {
    let told = |span: &FinishedSpan| span.metrics["redis.args_length"];
    spans.iter().skip(1).map(|span| (&*span.resource, &*span.meta["redis.raw_command"], told(span))).collect()
}

/// The spans that `work` makes below a span `request`, which comes first.
fn sync_spans(work: impl FnOnce()) -> Vec<FinishedSpan> {
    let memory = InMemory::new(&[("DD_SERVICE", "cafe")]);
    memory.scope(|| tracehound::span("request").start().in_scope(work));
    memory.take().spans()
}

/// As [`sync_spans`], for what is awaited.
fn async_spans(work: impl Future<Output = ()>) -> Vec<FinishedSpan> {
    let memory = InMemory::new(&[("DD_SERVICE", "cafe")]);
    runtime().block_on(memory.scope_async(async { work.in_span(tracehound::span("request").start()).await }));
    memory.take().spans()
}

/// What both kinds of connection must make of the same requests.
fn assert_the_usual_spans(spans: &[FinishedSpan], port: u16) {
    let expected = [
        ("INCRBY", "INCRBY donut:glazed:views 1", 3.0),
        ("MGET", "MGET donut:glazed:views nothing", 3.0),
        ("GET", "GET nothing", 2.0),
        ("SET\nGET", "SET a 1\nGET a", 5.0),
        ("SET\nGET", "SET b 2\nGET b", 5.0),
        ("LPUSH", "LPUSH a x", 3.0),
        ("SET\nLPUSH", "SET c 3\nLPUSH c x", 6.0),
    ];
    assert_eq!(told(spans), expected);
    for (position, span) in spans.iter().enumerate().skip(1) {
        assert_eq!((&*span.name, &*span.service, &*span.span_type), ("redis.command", "cafe", "redis"));
        assert_eq!(span.parent_id, spans[0].span_id);
        for (key, value) in
            [("component", "redis"), ("span.kind", "client"), ("db.system", "redis"), ("out.host", "127.0.0.1")]
        {
            assert_eq!(span.meta.get(key).map(String::as_str), Some(value), "{key}");
        }
        assert_eq!(span.metrics["network.destination.port"], f64::from(port));
        assert_eq!(span.metrics["db.redis.database_index"], 2.0);
        assert_eq!(span.metrics["_dd.measured"], 1.0);
        let length = span.resource.contains('\n').then_some(2.0);
        assert_eq!(span.metrics.get("redis.pipeline_length").copied(), length);
        // A missing key is none; a list's command on a text is one.
        assert_eq!(span.error, position >= 6, "{span:?}");
        if span.error {
            assert_eq!(span.meta["error.type"], "redis::errors::redis_error::RedisError");
            assert!(span.meta["error.message"].contains("WRONGTYPE"), "{span:?}");
        }
    }
}

#[test]
fn connections_that_block_make_the_usual_spans() {
    let Some(server) = Server::start() else { return };
    let client = server.client();
    let spans = sync_spans(|| {
        let mut redis = tracehound_redis::wrap(client.get_connection().unwrap()).client(&client);
        redis.incr::<_, _, u64>("donut:glazed:views", 1).unwrap();
        let found: Vec<Option<u64>> = redis.mget(&["donut:glazed:views", "nothing"]).unwrap();
        assert_eq!(found, [Some(1), None]);
        assert_eq!(redis.get::<_, Option<String>>("nothing").unwrap(), None);
        let answers: (String, u64) = redis::pipe().set("a", 1).get("a").query(&mut redis).unwrap();
        assert_eq!(answers, ("OK".into(), 1));
        let answers: (String, u64) = redis::pipe().atomic().set("b", 2).get("b").query(&mut redis).unwrap();
        assert_eq!(answers, ("OK".into(), 2));
        redis.lpush::<_, _, u64>("a", "x").unwrap_err();
        redis::pipe().set("c", 3).lpush("c", "x").exec(&mut redis).unwrap_err();
    });
    assert_the_usual_spans(&spans, server.port);
}

#[test]
fn connections_that_are_awaited_make_the_usual_spans() {
    let Some(server) = Server::start() else { return };
    let client = server.client();
    let spans = async_spans(async {
        let connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut redis = tracehound_redis::wrap(connection).client(&client);
        redis.incr::<_, _, u64>("donut:glazed:views", 1).await.unwrap();
        let found: Vec<Option<u64>> = redis.mget(&["donut:glazed:views", "nothing"]).await.unwrap();
        assert_eq!(found, [Some(1), None]);
        assert_eq!(redis.clone().get::<_, Option<String>>("nothing").await.unwrap(), None);
        let answers: (String, u64) = redis::pipe().set("a", 1).get("a").query_async(&mut redis).await.unwrap();
        assert_eq!(answers, ("OK".into(), 1));
        let mut transaction = redis::pipe();
        let answers: (String, u64) = transaction.atomic().set("b", 2).get("b").query_async(&mut redis).await.unwrap();
        assert_eq!(answers, ("OK".into(), 2));
        redis.lpush::<_, _, u64>("a", "x").await.unwrap_err();
        redis::pipe().set("c", 3).lpush("c", "x").exec_async(&mut redis).await.unwrap_err();
    });
    assert_the_usual_spans(&spans, server.port);
}

#[test]
fn a_connection_manager_and_scripts_are_traced_too() {
    let Some(server) = Server::start() else { return };
    let spans = async_spans(async {
        let manager = server.client().get_connection_manager().await.unwrap();
        let mut redis = tracehound_redis::wrap(manager).address("cache.example", 7).service("sessions");
        let answer: u64 = redis::Script::new("return 7").invoke_async(&mut redis).await.unwrap();
        assert_eq!(answer, 7);
    });
    let verbs: Vec<&str> = spans.iter().skip(1).map(|span| &*span.resource).collect();
    assert_eq!((verbs.first(), verbs.last()), (Some(&"EVALSHA"), Some(&"EVALSHA")), "{verbs:?}");
    for span in &spans[1..] {
        assert_eq!((&*span.service, &*span.meta["_dd.svc_src"]), ("sessions", "redis"));
        assert_eq!((&*span.meta["out.host"], span.metrics["network.destination.port"]), ("cache.example", 7.0));
    }
}

#[test]
fn commands_stay_untold_if_asked_so_and_passwords_always() {
    let Some(server) = Server::start() else { return };
    let spans = sync_spans(|| {
        let mut redis = tracehound_redis::wrap(server.client().get_connection().unwrap());
        redis::cmd("AUTH").arg("waiter").arg("s3cret").exec(&mut redis).unwrap_err();
        let mut redis = redis.raw_command(false);
        redis.set::<_, _, ()>("card", "4111").unwrap();
    });
    assert_eq!(spans[1].meta["redis.raw_command"], "AUTH ? ?");
    assert_eq!((&*spans[2].resource, spans[2].meta.get("redis.raw_command")), ("SET", None));
    assert!(!format!("{spans:?}").contains("s3cret") && !format!("{spans:?}").contains("4111"));
}

#[test]
fn a_server_that_went_away_is_an_error_with_its_cause() {
    let Some(server) = Server::start() else { return };
    let client = server.client();
    let mut redis = tracehound_redis::wrap(client.get_connection().unwrap());
    drop(server);
    let spans = sync_spans(|| {
        redis.get::<_, Option<String>>("a").unwrap_err();
    });
    assert!(spans[1].error && !spans[1].meta["error.message"].is_empty(), "{spans:?}");
}

#[test]
fn outside_of_any_trace_a_command_is_one_of_the_connections_tracer() {
    let Some(server) = Server::start() else { return };
    let memory = InMemory::new(&[]);
    let mut redis = tracehound_redis::wrap(server.client().get_connection().unwrap()).tracer(memory.tracer());
    redis::cmd("PING").exec(&mut redis).unwrap();
    let spans = memory.take().spans();
    assert_eq!((spans.len(), &*spans[0].resource, spans[0].parent_id), (1, "PING", 0));
}
