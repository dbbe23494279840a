//! How often each donut was looked at, in Redis.

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, RedisResult};
use tracehound_redis::Traced;

use crate::menu::Donut;

/// Where Redis is unless `REDIS_URL` says otherwise.
pub(crate) const DEFAULT_URL: &str = "redis://127.0.0.1:6379/0";

/// The counters.
#[derive(Clone)]
pub(crate) struct Views {
    redis: Traced<ConnectionManager>,
}

impl Views {
    /// Counters in the Redis at `url`, which is connected to when it is first needed.
    pub(crate) fn at(url: &str) -> RedisResult<Views> {
        let client = redis::Client::open(url)?;
        let connection = client.get_connection_manager_lazy(ConnectionManagerConfig::new())?;
        Ok(Views { redis: tracehound_redis::wrap(connection).client(&client) })
    }

    /// Counts a look at a donut. Returns how many there were.
    pub(crate) async fn count(&self, donut: &Donut) -> RedisResult<u64> {
        self.redis.clone().incr(key(donut), 1).await
    }

    /// How often each of some donuts was looked at.
    pub(crate) async fn of_all(&self, donuts: &[Donut]) -> RedisResult<Vec<u64>> {
        let keys: Vec<_> = donuts.iter().map(key).collect();
        let counts: Vec<Option<u64>> = self.redis.clone().mget(keys).await?;
        Ok(counts.into_iter().map(Option::unwrap_or_default).collect())
    }
}

fn key(donut: &Donut) -> String {
    format!("donut:{}:views", donut.name)
}
