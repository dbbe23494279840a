//! cafe: a small shop API for beers and donuts.
//!
//! Beers and donuts live in SQLite, how often each donut was looked at lives in Redis, and which donut goes with a beer is asked
//! from the taster service over HTTP.
//!
//! ```text
//! GET /beers                     every beer
//! GET /beers/{name}              one beer (404 when unknown)
//! GET /donuts                    every donut and its view count
//! GET /donuts/{name}             one donut and its view count (404 when unknown)
//! GET /pair/beer?name=...        best donut for a beer, one taster call per donut (slow)
//! GET /pair/beer/fast?name=...   the same answer from a single taster call
//! ```

mod failure;
mod menu;
mod pair;
mod taster;
mod views;

use std::error::Error;
use std::net::Ipv4Addr;
use std::{env, io};

use axum::extract::{Path, State};
use axum::middleware::map_response;
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use tokio::net::TcpListener;
use tracehound::traced;

use crate::failure::Failure;
use crate::menu::{Beer, Donut, Menu};
use crate::taster::Taster;
use crate::views::Views;

/// Where it listens unless `PORT` says otherwise.
const DEFAULT_PORT: u16 = 5000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let _tracing = tracehound::init();
    tracing_subscriber::fmt().event_format(tracehound_tracing::text()).with_writer(io::stderr).init();

    let shop = Shop {
        menu: Menu::open().await?,
        views: Views::at(&env::var("REDIS_URL").unwrap_or(views::DEFAULT_URL.to_owned()))?,
        taster: Taster::at(env::var("TASTER_URL").unwrap_or(taster::DEFAULT_URL.to_owned())),
    };
    let app = Router::new()
        .route("/beers", get(beers))
        .route("/beers/{name}", get(beer))
        .route("/donuts", get(donuts))
        .route("/donuts/{name}", get(donut))
        .route("/pair/beer", get(pair::slow))
        .route("/pair/beer/fast", get(pair::fast))
        .with_state(shop)
        .layer(map_response(tell_trace_id))
        .layer(tracehound_axum::TraceLayer::new());

    let port = env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(DEFAULT_PORT);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    axum::serve(listener, app).with_graceful_shutdown(interrupted()).await?;
    Ok(())
}

/// What the handlers work with.
#[derive(Clone)]
struct Shop {
    menu: Menu,
    views: Views,
    taster: Taster,
}

/// A donut with how often it was looked at.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    donut: Donut,
    views: u64,
}

#[traced]
async fn beers(State(shop): State<Shop>) -> Result<Json<Vec<Beer>>, Failure> {
    let beers = shop.menu.beers().await?;
    tracing::info!("listed {} beers", beers.len());
    Ok(Json(beers))
}

#[traced]
async fn beer(State(shop): State<Shop>, Path(name): Path<String>) -> Result<Json<Beer>, Failure> {
    Ok(Json(shop.menu.beer(&name).await?))
}

#[traced]
async fn donuts(State(shop): State<Shop>) -> Result<Json<Vec<Shown>>, Failure> {
    let donuts = shop.menu.donuts().await?;
    let views = shop.views.of_all(&donuts).await?;
    Ok(Json(donuts.into_iter().zip(views).map(|(donut, views)| Shown { donut, views }).collect()))
}

#[traced]
async fn donut(State(shop): State<Shop>, Path(name): Path<String>) -> Result<Json<Shown>, Failure> {
    let donut = shop.menu.donut(&name).await?;
    let views = shop.views.count(&donut).await?;
    tracing::info!("donut {name} seen {views} times");
    Ok(Json(Shown { donut, views }))
}

/// Lets the caller know which trace its request made.
async fn tell_trace_id(response: Response) -> impl IntoResponse {
    (AppendHeaders([("x-trace-id", tracehound::root_span().trace_id().to_string())]), response)
}

/// Until Ctrl-C.
async fn interrupted() {
    // Without signals there is nothing to end for.
    let _ = tokio::signal::ctrl_c().await;
}
