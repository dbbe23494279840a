//! Which donut goes with a beer: once the slow way, once the fast.

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use tracehound::{span, traced};

use crate::Shop;
use crate::failure::Failure;
use crate::menu::Beer;
use crate::taster::Scores;

#[derive(Deserialize)]
pub(crate) struct Wish {
    #[serde(default)]
    name: String,
}

#[derive(Serialize)]
pub(crate) struct Pair {
    beer: String,
    donut: String,
    score: i64,
}

/// One HTTP call per donut: the classic N+1.
#[traced(name = "pair_slow")]
pub(crate) async fn slow(State(shop): State<Shop>, Query(wish): Query<Wish>) -> Result<Json<Pair>, Failure> {
    let beer = shop.menu.beer(&wish.name).await?;
    let mut scores = Scores::new();
    for donut in shop.menu.donuts().await? {
        scores.insert(donut.name.clone(), shop.taster.score(&beer, &donut).await?);
    }
    best_of(beer, scores)
}

/// The same answer with every donut in one HTTP call.
#[traced(name = "pair_fast")]
pub(crate) async fn fast(State(shop): State<Shop>, Query(wish): Query<Wish>) -> Result<Json<Pair>, Failure> {
    let beer = shop.menu.beer(&wish.name).await?;
    let donuts = shop.menu.donuts().await?;
    let scores = shop.taster.scores(&beer, &donuts).await?;
    best_of(beer, scores)
}

/// Picks the winner inside a span of its own.
fn best_of(beer: Beer, scores: Scores) -> Result<Json<Pair>, Failure> {
    let rank = span!("cafe.rank", resource = "rank donuts", cafe.beer = &beer.name, cafe.candidates = scores.len());
    let best = scores.into_iter().max_by_key(|(_, score)| *score);
    let (donut, score) = best.ok_or_else(|| Failure::not_found("donut for", &beer.name))?;
    rank.set_tag("cafe.winner", &donut);
    rank.finish();
    tracing::info!("paired {} with {donut}", beer.name);
    Ok(Json(Pair { beer: beer.name, donut, score }))
}
