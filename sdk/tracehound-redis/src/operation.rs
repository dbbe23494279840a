//! What came of a command.

use redis::{RedisError, RedisResult, Value};
use tracehound::SpanRef;

/// Marks the span if the command failed. Servers also answer errors as values, which redis turns into errors only later.
pub(crate) fn record(span: &SpanRef, outcome: &RedisResult<Value>) {
    match outcome {
        Ok(value) => record_value(span, value),
        Err(error) => {
            span.set_error(error);
        }
    }
}

/// Marks the span if the pipeline, or the first command in it that did, failed.
pub(crate) fn record_all(span: &SpanRef, outcome: &RedisResult<Vec<Value>>) {
    match outcome {
        Ok(values) => {
            if let Some(error) = values.iter().find(|value| matches!(value, Value::ServerError(_))) {
                record_value(span, error);
            }
        }
        Err(error) => {
            span.set_error(error);
        }
    }
}

fn record_value(span: &SpanRef, value: &Value) {
    if let Value::ServerError(error) = value {
        span.set_error(&RedisError::from(error.clone()));
    }
}
