//! Connections that are awaited.

use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, Value};
use tracehound::integration::observe;

use crate::operation;
use crate::traced::{Traced, words};

impl<C: ConnectionLike + Send> ConnectionLike for Traced<C> {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move {
            let database = self.connection.get_db();
            let span = self.server.start(database, |description, raw| description.add(words(command), raw));
            observe(span, self.connection.req_packed_command(command), operation::record).await
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async move {
            let span = self.server.start(self.connection.get_db(), |description, raw| {
                pipeline.cmd_iter().for_each(|command| description.add(words(command), raw));
            });
            span.set_tag("redis.pipeline_length", pipeline.len());
            observe(span, self.connection.req_packed_commands(pipeline, offset, count), operation::record_all).await
        })
    }

    fn get_db(&self) -> i64 {
        self.connection.get_db()
    }
}
