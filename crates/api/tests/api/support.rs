//! The API over a store in memory.

use std::sync::mpsc::sync_channel;
use std::sync::{Arc, OnceLock};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use serde_json::Value;
use tower::ServiceExt;
use tracehound_api::{AllowedHosts, Api, router};
use tracehound_model::Batch;
use tracehound_platform::sim::{SimClock, SimFiles};
use tracehound_store::{Options, Store};

/// An answer, whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The kind of the error that it is.
    pub(crate) fn kind(&self) -> String {
        self.json()["error"]["kind"].as_str().unwrap().to_owned()
    }
}

/// The API of a process that has not opened its store yet.
pub(crate) fn starting() -> Api {
    Api {
        store: Arc::default(),
        metrics: Arc::default(),
        unknown_routes: Arc::default(),
        hosts: Arc::new(AllowedHosts::new(["traces.example.org".to_owned()])),
    }
}

/// The API over a store that holds these batches.
pub(crate) fn with(batches: Vec<Batch>) -> Api {
    let api = starting();
    let files = Arc::new(SimFiles::new());
    // Small segments: they are memory here.
    let wal = tracehound_wal::Options { segment_bytes: 1 << 16, spare_segments: 0 };
    let options = Options { wal, ..Options::default() };
    let store = Store::open(options, files, Arc::new(SimClock::new(0)), api.metrics.clone()).unwrap();
    for batch in batches {
        let (done, wait) = sync_channel(1);
        store.append(batch, move |result| done.send(result).unwrap());
        wait.recv().unwrap().unwrap();
    }
    Api { store: Arc::new(OnceLock::from(Arc::new(store))), ..api }
}

/// Asks with `GET` as a browser on this machine does.
pub(crate) fn get(api: &Api, path: &str) -> Answer {
    ask(api, Request::get(path).header("host", "localhost:8127").body(Body::empty()).unwrap())
}

pub(crate) fn ask(api: &Api, request: Request<Body>) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let (head, body) = router(api.clone()).oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: head.status.as_u16(), headers: head.headers, body }
    })
}
