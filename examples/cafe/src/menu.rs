//! Beers and donuts, in SQLite.

use serde::Serialize;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{FromRow, Sqlite};
use tracehound::traced;
use tracehound_sqlx::TracedPool;

use crate::failure::Failure;

#[derive(Serialize, FromRow)]
pub(crate) struct Beer {
    id: i64,
    pub(crate) name: String,
    style: String,
    pub(crate) bitterness: Option<i64>,
}

#[derive(Serialize, FromRow)]
pub(crate) struct Donut {
    id: i64,
    pub(crate) name: String,
    topping: String,
    pub(crate) sweetness: i64,
}

/// What the cafe has.
#[derive(Clone)]
pub(crate) struct Menu {
    pool: TracedPool<Sqlite>,
}

impl Menu {
    /// A menu in memory with a handful of entries.
    pub(crate) async fn open() -> sqlx::Result<Menu> {
        // One connection that is never closed: the database is gone with it.
        let one = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
        let menu = Menu { pool: tracehound_sqlx::wrap(one.connect("sqlite::memory:").await?) };
        menu.fill().await?;
        Ok(menu)
    }

    #[traced(name = "cafe.fill")]
    async fn fill(&self) -> sqlx::Result<()> {
        let mut transaction = self.pool.begin().await?;
        for statement in [
            "CREATE TABLE beers (id INTEGER PRIMARY KEY, name TEXT UNIQUE, style TEXT, bitterness INTEGER)",
            "CREATE TABLE donuts (id INTEGER PRIMARY KEY, name TEXT UNIQUE, topping TEXT, sweetness INTEGER)",
            "INSERT INTO beers (name, style, bitterness) VALUES ('pilsner', 'lager', 35), ('stout', 'ale', 45), \
                ('hopstorm', 'ipa', 80), ('mystery', 'unknown', NULL)", // nobody measured it
            "INSERT INTO donuts (name, topping, sweetness) VALUES ('glazed', 'sugar', 60), ('jelly', 'raspberry', 55), \
                ('mocha', 'coffee', 40), ('maple', 'bacon', 70), ('crème brûlée', 'caramel ☕', 85)",
        ] {
            sqlx::query(statement).execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }

    pub(crate) async fn beers(&self) -> sqlx::Result<Vec<Beer>> {
        sqlx::query_as("SELECT * FROM beers").fetch_all(&self.pool).await
    }

    pub(crate) async fn donuts(&self) -> sqlx::Result<Vec<Donut>> {
        sqlx::query_as("SELECT * FROM donuts").fetch_all(&self.pool).await
    }

    pub(crate) async fn beer(&self, name: &str) -> Result<Beer, Failure> {
        let found = sqlx::query_as("SELECT * FROM beers WHERE name = ?").bind(name).fetch_optional(&self.pool).await?;
        found.ok_or_else(|| Failure::not_found("beer", name))
    }

    pub(crate) async fn donut(&self, name: &str) -> Result<Donut, Failure> {
        let found = sqlx::query_as("SELECT * FROM donuts WHERE name = ?").bind(name).fetch_optional(&self.pool).await?;
        found.ok_or_else(|| Failure::not_found("donut", name))
    }
}
