//! The service: finds the route of a request and has it answered.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;

use http::{HeaderValue, Request};
use hyper::body::Incoming;
use hyper::service::Service;
use tracehound_pipeline::Report;
use tracehound_platform::Clock;
use tracehound_telemetry::{Metrics, UnknownRoutes};

use crate::admission::Admission;
use crate::answer::Answer;
use crate::body::RequestBody;
use crate::budget::Budget;
use crate::clean_path::cleaned;
use crate::routes::{self, Info, Route};
use crate::{Accept, Options, record};

/// The agent API as a service for [`serve`](crate::serve). Clones are the same receiver.
pub struct Receiver<A>(Arc<Shared<A>>);

/// What the requests of a receiver share.
pub(crate) struct Shared<A> {
    pub(crate) accept: A,
    pub(crate) options: Options,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) unknown_routes: Arc<UnknownRoutes>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) admission: Admission,
    pub(crate) info: Info,
}

impl<A: Accept> Receiver<A> {
    /// A receiver that hands batches to `accept`.
    pub fn new(
        options: Options,
        accept: A,
        clock: Arc<dyn Clock>,
        metrics: Arc<Metrics>,
        unknown_routes: Arc<UnknownRoutes>,
    ) -> Receiver<A> {
        let budget = Budget::new(options.budget_bytes, metrics.receive_budget_bytes.clone());
        let admission = Admission::new(options.decode_slots, budget.clone(), options.room_wait);
        let info = Info::new(&options);
        // So that every reason is shown from the start, with zero.
        record::received(&Report::default(), &metrics);
        Receiver(Arc::new(Shared { accept, options, clock, metrics, unknown_routes, budget, admission, info }))
    }

    async fn answer(self, request: Request<Incoming>) -> Answer {
        let shared = &self.0;
        let (mut head, incoming) = request.into_parts();
        let mut body = RequestBody::new(&mut head, incoming);
        let path = head.uri.path();
        let answer = match Route::find(path) {
            Some(Route::Info) => shared.info.answer(),
            Some(Route::Services) => shared.signed(routes::services(&head)),
            Some(Route::Traces(version)) => shared.signed(routes::traces(shared, version, &head, &mut body).await),
            None => match cleaned(path) {
                Some(path) => routes::redirect(&path, head.uri.query()),
                None => routes::unknown(shared, &head),
            },
        };
        body.discard(shared.options.body_timeout);
        answer
    }
}

impl<A> Shared<A> {
    /// Adds the headers by which clients know the agent and notice that `/info` has changed.
    fn signed(&self, mut answer: Answer) -> Answer {
        let headers = answer.headers_mut();
        headers.insert("datadog-agent-version", HeaderValue::from_static(routes::AGENT_VERSION));
        headers.insert("datadog-agent-state", self.info.state());
        answer
    }
}

impl<A> Clone for Receiver<A> {
    fn clone(&self) -> Receiver<A> {
        Receiver(self.0.clone())
    }
}

impl<A: Accept> Service<Request<Incoming>> for Receiver<A> {
    type Response = Answer;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Answer, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let answer = self.clone().answer(request);
        Box::pin(async { Ok(answer.await) })
    }
}
