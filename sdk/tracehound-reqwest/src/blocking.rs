//! Requests of reqwest's blocking client.

use reqwest::Error;
use reqwest::blocking::{RequestBuilder, Response};

use crate::error;
use crate::operation::{Operation, tell};

/// Sends a request of the blocking client, traced.
///
/// ```no_run
/// use tracehound_reqwest::blocking::SendTraced;
///
/// let response = reqwest::blocking::Client::new().get("http://prices.example/").send_traced()?;
/// # Ok::<(), reqwest::Error>(())
/// ```
pub trait SendTraced {
    /// Sends the request, as a child of the current span.
    ///
    /// ```no_run
    /// # use tracehound_reqwest::blocking::SendTraced;
    /// # fn example(request: reqwest::blocking::RequestBuilder) -> Result<(), reqwest::Error> {
    /// let response = request.send_traced()?;
    /// # Ok(())
    /// # }
    /// ```
    fn send_traced(self) -> Result<Response, Error>;
}

impl SendTraced for RequestBuilder {
    fn send_traced(self) -> Result<Response, Error> {
        let (client, request) = self.build_split();
        let mut request = request?;
        let (method, url) = (request.method().clone(), request.url().clone());
        let span = Operation::default().begin(&method, &url, request.headers_mut(), None);
        let result = span.in_scope(|| client.execute(request));
        match &result {
            Ok(response) => tell(&span, response.status(), response.headers()),
            Err(error) => error::record(&span, error),
        }
        result
    }
}
