//! The body of a watched response.

use std::any::type_name;
use std::fmt::Display;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;
use tracehound::Span;

use super::{End, Watch, message, step};

pin_project! {
    /// A body that ends its span when it ends itself.
    ///
    /// ```
    /// use tracehound_tower::{HttpWatch, watch::Body};
    /// let body = Body::new(String::from("hello"), tracehound::span("http.request").start(), HttpWatch);
    /// ```
    #[derive(Debug)]
    pub struct Body<B, W: Watch> {
        #[pin]
        body: Option<B>,
        // `None` after the end.
        watched: Option<(Span, W)>,
    }

    impl<B, W: Watch> PinnedDrop for Body<B, W> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if let Some((span, mut watch)) = this.watched.take() {
                let _entered = span.enter();
                this.body.set(None);
                watch.end(&span, End::Unread);
            }
        }
    }
}

impl<B: http_body::Body, W: Watch> Body<B, W> {
    /// Watches `body` on behalf of `span`, which ends at once if the body is empty.
    ///
    /// ```
    /// # use tracehound_tower::{HttpWatch, watch::Body};
    /// let span = tracehound::span("http.request").start();
    /// let body = Body::new(String::new(), span, HttpWatch); // the span has ended
    /// ```
    pub fn new(body: B, span: Span, mut watch: W) -> Self {
        let mut watched = None;
        if span.is_enabled() {
            if body.is_end_stream() {
                watch.end(&span, End::Complete);
            } else {
                watched = Some((span, watch));
            }
        }
        Self { body: Some(body), watched }
    }
}

impl<B, W> http_body::Body for Body<B, W>
where
    B: http_body::Body,
    B::Error: Display + 'static,
    W: Watch,
{
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, waker: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let Some(mut body) = this.body.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        let Some((span, watch)) = this.watched else { return body.poll_frame(waker) };
        let Poll::Ready(frame) = step(span, || body.as_mut().poll_frame(waker)) else { return Poll::Pending };
        let told;
        let end = match &frame {
            None => Some(End::Complete),
            Some(Err(error)) => {
                told = message(error);
                Some(End::Failed { error, error_type: type_name::<B::Error>(), message: &told })
            }
            Some(Ok(frame)) => {
                if let Some(trailers) = frame.trailers_ref() {
                    watch.trailers(span, trailers);
                }
                // Who sends a body may stop asking when it says that nothing follows.
                (frame.is_trailers() || body.is_end_stream()).then_some(End::Complete)
            }
        };
        if let Some(end) = end {
            watch.end(span, end);
            *this.watched = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), http_body::Body::size_hint)
    }
}
