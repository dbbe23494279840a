//! Connections that block.

use redis::{Cmd, ConnectionLike, RedisResult, Value};

use crate::operation;
use crate::packed::{self, Words};
use crate::traced::{Traced, words};

impl<C: ConnectionLike> ConnectionLike for Traced<C> {
    fn req_packed_command(&mut self, command: &[u8]) -> RedisResult<Value> {
        let span = self.server.start(self.connection.get_db(), |description, raw| {
            packed::commands(command).for_each(|words| description.add(words, raw));
        });
        let outcome = span.in_scope(|| self.connection.req_packed_command(command));
        operation::record(&span, &outcome);
        outcome
    }

    fn req_packed_commands(&mut self, commands: &[u8], offset: usize, count: usize) -> RedisResult<Vec<Value>> {
        let mut length: usize = 0;
        let span = self.server.start(self.connection.get_db(), |description, raw| {
            for words in packed::commands(commands).filter(|words| !is_frame(words)) {
                description.add(words, raw);
                length += 1;
            }
        });
        span.set_tag("redis.pipeline_length", length);
        let outcome = span.in_scope(|| self.connection.req_packed_commands(commands, offset, count));
        operation::record_all(&span, &outcome);
        outcome
    }

    fn req_command(&mut self, command: &Cmd) -> RedisResult<Value> {
        let span = self.server.start(self.connection.get_db(), |description, raw| description.add(words(command), raw));
        let outcome = span.in_scope(|| self.connection.req_command(command));
        operation::record(&span, &outcome);
        outcome
    }

    fn get_db(&self) -> i64 {
        self.connection.get_db()
    }

    fn supports_pipelining(&self) -> bool {
        self.connection.supports_pipelining()
    }

    fn check_connection(&mut self) -> bool {
        self.connection.check_connection()
    }

    fn is_open(&self) -> bool {
        self.connection.is_open()
    }
}

/// Whether a command in a pipeline is one that redis puts around those of the application, to make them a transaction.
fn is_frame(words: &Words<'_>) -> bool {
    let mut words = words.clone();
    matches!((words.next(), words.next()), (Some(b"MULTI" | b"EXEC"), None))
}
