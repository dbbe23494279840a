//! The service that knows how well a beer goes with a donut.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tracehound_reqwest::Client;

use crate::menu::{Beer, Donut};

/// Where it is unless `TASTER_URL` says otherwise.
pub(crate) const DEFAULT_URL: &str = "http://127.0.0.1:5001";

/// Longest wait for an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// The service.
#[derive(Clone)]
pub(crate) struct Taster {
    http: Client,
    url: String,
}

/// A score for each donut, by its name. Higher is better.
pub(crate) type Scores = BTreeMap<String, i64>;

impl Taster {
    pub(crate) fn at(url: String) -> Taster {
        Taster { http: tracehound_reqwest::wrap(reqwest::Client::new()), url }
    }

    /// How well one donut goes with a beer.
    pub(crate) async fn score(&self, beer: &Beer, donut: &Donut) -> reqwest::Result<i64> {
        #[derive(Deserialize)]
        struct Answer {
            score: i64,
        }

        let request = self
            .http
            .get(format!("{}/taste", self.url))
            .resource("GET /taste")
            .query(&[("bitterness", beer.bitterness), ("sweetness", Some(donut.sweetness))])
            .timeout(ANSWER_WITHIN);
        let answer: Answer = request.send().await?.error_for_status()?.json().await?;
        Ok(answer.score)
    }

    /// How well each of some donuts goes with a beer.
    pub(crate) async fn scores(&self, beer: &Beer, donuts: &[Donut]) -> reqwest::Result<Scores> {
        #[derive(Deserialize)]
        struct Answer {
            scores: Scores,
        }

        let candidates: BTreeMap<_, _> = donuts.iter().map(|donut| (&donut.name, donut.sweetness)).collect();
        let request = self
            .http
            .post(format!("{}/taste/many", self.url))
            .resource("POST /taste/many")
            .json(&json!({ "bitterness": beer.bitterness, "candidates": candidates }))
            .timeout(ANSWER_WITHIN);
        let answer: Answer = request.send().await?.error_for_status()?.json().await?;
        Ok(answer.scores)
    }
}
