//! Single requests of an unwrapped client.

use std::future::Future;

use reqwest::{Error, RequestBuilder, Response};

use crate::operation::Operation;

/// Sends a request of reqwest's own builder, traced.
///
/// ```no_run
/// use tracehound_reqwest::SendTraced;
///
/// # async fn example() -> Result<(), reqwest::Error> {
/// let response = reqwest::Client::new().get("http://prices.example/").send_traced().await?;
/// # Ok(())
/// # }
/// ```
pub trait SendTraced {
    /// Sends the request, as a child of the span that is current when the future is first polled.
    ///
    /// ```no_run
    /// # use tracehound_reqwest::SendTraced;
    /// # async fn example(request: reqwest::RequestBuilder) -> Result<(), reqwest::Error> {
    /// let response = request.send_traced().await?;
    /// # Ok(())
    /// # }
    /// ```
    fn send_traced(self) -> impl Future<Output = Result<Response, Error>> + Send;
}

impl SendTraced for RequestBuilder {
    fn send_traced(self) -> impl Future<Output = Result<Response, Error>> + Send {
        let (client, request) = self.build_split();
        async move { Operation::default().send(request?, None, |request| client.execute(request)).await }
    }
}
