//! The future of a watched response.

use std::any::type_name;
use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Response;
use pin_project_lite::pin_project;
use tracehound::Span;

use super::{Body, End, Watch, message, step};

pin_project! {
    /// A future of a response whose span ends with the response's body.
    ///
    /// ```
    /// use std::{convert::Infallible, future::ready};
    /// use tracehound_tower::{HttpWatch, watch::ResponseFuture};
    ///
    /// let response = ready(Ok::<_, Infallible>(http::Response::new(String::from("hello"))));
    /// let traced = ResponseFuture::new(response, tracehound::span("http.request").start(), HttpWatch);
    /// ```
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct ResponseFuture<F, W: Watch> {
        #[pin]
        future: Option<F>,
        // Both move into the body once there is a response.
        watched: Option<(Span, W)>,
    }

    impl<F, W: Watch> PinnedDrop for ResponseFuture<F, W> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if let Some((span, mut watch)) = this.watched.take() {
                let _entered = span.enter();
                this.future.set(None);
                watch.end(&span, End::Abandoned);
            }
        }
    }
}

impl<F, W: Watch> ResponseFuture<F, W> {
    /// Watches `future` on behalf of `span`; a disabled span lets everything pass untouched.
    ///
    /// ```
    /// use std::{convert::Infallible, future::ready};
    /// # use tracehound_tower::{HttpWatch, watch::ResponseFuture};
    /// let response = ready(Ok::<_, Infallible>(http::Response::new(String::new())));
    /// let passed = ResponseFuture::new(response, tracehound::Span::disabled(), HttpWatch);
    /// ```
    pub fn new(future: F, span: Span, watch: W) -> Self {
        Self { future: Some(future), watched: Some((span, watch)) }
    }
}

impl<F, B, E, W> Future for ResponseFuture<F, W>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: http_body::Body,
    E: Display + 'static,
    W: Watch,
{
    type Output = Result<Response<Body<B, W>>, E>;

    fn poll(self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        // Polled after its end, a future may stay pending for ever.
        let Some((span, _)) = &this.watched else { return Poll::Pending };
        let Some(future) = this.future.as_mut().as_pin_mut() else { return Poll::Pending };
        let Poll::Ready(result) = step(span, || future.poll(waker)) else { return Poll::Pending };
        step(span, || this.future.set(None));
        let Some((span, watch)) = this.watched.take() else { return Poll::Pending };
        Poll::Ready(match result {
            Ok(response) => Ok(answered(response, span, watch)),
            Err(error) => {
                failed(&error, &span, watch);
                Err(error)
            }
        })
    }
}

fn answered<B: http_body::Body, W: Watch>(response: Response<B>, span: Span, mut watch: W) -> Response<Body<B, W>> {
    let (head, body) = response.into_parts();
    if span.is_enabled() {
        watch.head(&span, &head);
    }
    Response::from_parts(head, Body::new(body, span, watch))
}

fn failed<E: Display + 'static, W: Watch>(error: &E, span: &Span, mut watch: W) {
    if span.is_enabled() {
        watch.end(span, End::Failed { error, error_type: type_name::<E>(), message: &message(error) });
    }
}
