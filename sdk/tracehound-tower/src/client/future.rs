//! The future of a client's response, which ends the span.

use std::any::type_name;
use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Response;
use pin_project_lite::pin_project;
use tracehound::Span;
use tracehound::integration::http::client_response;

use crate::Headers;
use crate::watch::{message, step};

pin_project! {
    /// The future of a traced client's response.
    ///
    /// ```
    /// use tower_service::Service;
    /// type Future<S> = <tracehound_tower::Client<S> as Service<http::Request<String>>>::Future;
    /// ```
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct ClientFuture<F> {
        #[pin]
        future: Option<F>,
        // `None` after the end.
        span: Option<Span>,
    }

    impl<F> PinnedDrop for ClientFuture<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if let Some(span) = this.span.take() {
                let _entered = span.enter();
                this.future.set(None);
                span.set_tag("http.cancelled", true);
            }
        }
    }
}

impl<F> ClientFuture<F> {
    pub(super) fn new(future: F, span: Span) -> Self {
        Self { future: Some(future), span: Some(span) }
    }
}

impl<F, O, E> Future for ClientFuture<F>
where
    F: Future<Output = Result<Response<O>, E>>,
    E: Display,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        // Polled after its end, a future may stay pending for ever.
        let Some(span) = &this.span else { return Poll::Pending };
        let Some(future) = this.future.as_mut().as_pin_mut() else { return Poll::Pending };
        let Poll::Ready(result) = step(span, || future.poll(waker)) else { return Poll::Pending };
        step(span, || this.future.set(None));
        if span.is_enabled() {
            tell(span, &result);
        }
        *this.span = None;
        Poll::Ready(result)
    }
}

fn tell<O, E: Display>(span: &Span, result: &Result<Response<O>, E>) {
    match result {
        Ok(response) => {
            let status = response.status();
            let reason = status.canonical_reason().unwrap_or_default();
            client_response(span, status.as_u16(), reason, &Headers(response.headers()));
        }
        Err(error) => {
            span.set_error_details(type_name::<E>(), &message(error), "");
        }
    }
}
