//! The builder of a traced request: reqwest's, method for method.

use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use http::Version;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Error, Request, Response};

use crate::Client;
use crate::operation::Operation;

/// A request that is being built, and traced when it is sent.
///
/// ```no_run
/// # async fn example() -> Result<(), reqwest::Error> {
/// let http = tracehound_reqwest::wrap(reqwest::Client::new());
/// let response = http
///     .get("http://prices.example/beers/7")
///     .header("accept", "application/json")
///     .resource("GET /beers/{id}")
///     .send()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a request is not sent until `send`"]
#[derive(Debug)]
pub struct RequestBuilder {
    inner: reqwest::RequestBuilder,
    operation: Arc<Operation>,
    resource: Option<String>,
}

impl RequestBuilder {
    pub(crate) fn new(inner: reqwest::RequestBuilder, operation: Arc<Operation>) -> Self {
        Self { inner, operation, resource: None }
    }

    fn map(self, change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder) -> Self {
        Self { inner: change(self.inner), ..self }
    }

    /// Sets the resource of the request's span, such as `GET /beers/{id}`.
    ///
    /// ```
    /// let http = tracehound_reqwest::wrap(reqwest::Client::new());
    /// let request = http.get("http://prices.example/beers/7").resource("GET /beers/{id}");
    /// ```
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// Adds a header.
    ///
    /// ```
    /// # let http = tracehound_reqwest::wrap(reqwest::Client::new());
    /// let request = http.get("http://prices.example/").header("accept", "text/plain");
    /// ```
    pub fn header<K, V>(self, key: K, value: V) -> Self
    where
        HeaderName: TryFrom<K>,
        <HeaderName as TryFrom<K>>::Error: Into<http::Error>,
        HeaderValue: TryFrom<V>,
        <HeaderValue as TryFrom<V>>::Error: Into<http::Error>,
    {
        self.map(|inner| inner.header(key, value))
    }

    /// Adds a set of headers; those of the same names are replaced.
    ///
    /// ```
    /// # let http = tracehound_reqwest::wrap(reqwest::Client::new());
    /// let request = http.get("http://prices.example/").headers(reqwest::header::HeaderMap::new());
    /// ```
    pub fn headers(self, headers: HeaderMap) -> Self {
        self.map(|inner| inner.headers(headers))
    }

    /// Authenticates by user name and password.
    ///
    /// ```
    /// # let http = tracehound_reqwest::wrap(reqwest::Client::new());
    /// let request = http.get("http://prices.example/").basic_auth("ada", Some("secret"));
    /// ```
    pub fn basic_auth(self, username: impl Display, password: Option<impl Display>) -> Self {
        self.map(|inner| inner.basic_auth(username, password))
    }

    /// Authenticates by a bearer token.
    ///
    /// ```
    /// # let http = tracehound_reqwest::wrap(reqwest::Client::new());
    /// let request = http.get("http://prices.example/").bearer_auth("secret");
    /// ```
    pub fn bearer_auth(self, token: impl Display) -> Self {
        self.map(|inner| inner.bearer_auth(token))
    }

    /// Sets the body.
    ///
    /// ```
    /// # let http = tracehound_reqwest::wrap(reqwest::Client::new());
    /// let request = http.post("http://prices.example/").body("ale");
    /// ```
    pub fn body(self, body: impl Into<Body>) -> Self {
        self.map(|inner| inner.body(body))
    }

    /// Limits the time of the whole request, its response's body included.
    ///
    /// ```
    /// # let http = tracehound_reqwest::wrap(reqwest::Client::new());
    /// let request = http.get("http://prices.example/").timeout(std::time::Duration::from_secs(2));
    /// ```
    pub fn timeout(self, timeout: Duration) -> Self {
        self.map(|inner| inner.timeout(timeout))
    }

    /// Sets the version of HTTP.
    ///
    /// ```
    /// # let http = tracehound_reqwest::wrap(reqwest::Client::new());
    /// let request = http.get("http://prices.example/").version(reqwest::Version::HTTP_11);
    /// ```
    pub fn version(self, version: Version) -> Self {
        self.map(|inner| inner.version(version))
    }

    /// Adds to the query string.
    ///
    /// ```
    /// # let http = tracehound_reqwest::wrap(reqwest::Client::new());
    /// let request = http.get("http://prices.example/").query(&[("kind", "ale")]);
    /// ```
    #[cfg(feature = "query")]
    pub fn query<T: serde::Serialize + ?Sized>(self, query: &T) -> Self {
        self.map(|inner| inner.query(query))
    }

    /// Sets the body to a form.
    ///
    /// ```
    /// # let http = tracehound_reqwest::wrap(reqwest::Client::new());
    /// let request = http.post("http://prices.example/").form(&[("kind", "ale")]);
    /// ```
    #[cfg(feature = "form")]
    pub fn form<T: serde::Serialize + ?Sized>(self, form: &T) -> Self {
        self.map(|inner| inner.form(form))
    }

    /// Sets the body to JSON.
    ///
    /// ```
    /// # let http = tracehound_reqwest::wrap(reqwest::Client::new());
    /// let request = http.post("http://prices.example/").json("ale");
    /// ```
    #[cfg(feature = "json")]
    pub fn json<T: serde::Serialize + ?Sized>(self, json: &T) -> Self {
        self.map(|inner| inner.json(json))
    }

    /// Sets the body to a form of several parts.
    ///
    /// ```
    /// # let http = tracehound_reqwest::wrap(reqwest::Client::new());
    /// let request = http.post("http://prices.example/").multipart(reqwest::multipart::Form::new().text("kind", "ale"));
    /// ```
    #[cfg(feature = "multipart")]
    pub fn multipart(self, form: reqwest::multipart::Form) -> Self {
        self.map(|inner| inner.multipart(form))
    }

    /// The request as it is now, to be sent with [`Client::execute`](crate::Client::execute).
    ///
    /// ```
    /// # let http = tracehound_reqwest::wrap(reqwest::Client::new());
    /// let request = http.get("http://prices.example/").build()?;
    /// # Ok::<(), reqwest::Error>(())
    /// ```
    pub fn build(self) -> Result<Request, Error> {
        self.inner.build()
    }

    /// The client and the request as it is now.
    ///
    /// ```no_run
    /// # async fn example(http: tracehound_reqwest::Client) -> Result<(), reqwest::Error> {
    /// let (http, request) = http.get("http://prices.example/").build_split();
    /// let response = http.execute(request?).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn build_split(self) -> (Client, Result<Request, Error>) {
        let (client, request) = self.inner.build_split();
        (Client::new(client, self.operation), request)
    }

    /// A copy, unless the body is a stream.
    ///
    /// ```
    /// # let http = tracehound_reqwest::wrap(reqwest::Client::new());
    /// let again = http.get("http://prices.example/").try_clone();
    /// assert!(again.is_some());
    /// ```
    pub fn try_clone(&self) -> Option<Self> {
        let inner = self.inner.try_clone()?;
        Some(Self { inner, operation: Arc::clone(&self.operation), resource: self.resource.clone() })
    }

    /// Sends the request, as a child of the span that is current when the future is first polled.
    ///
    /// ```no_run
    /// # async fn example(http: tracehound_reqwest::Client) -> Result<(), reqwest::Error> {
    /// let response = http.get("http://prices.example/").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn send(self) -> impl Future<Output = Result<Response, Error>> + use<> {
        let (client, request) = self.inner.build_split();
        let (operation, resource) = (self.operation, self.resource);
        async move { operation.send(request?, resource.as_deref(), |request| client.execute(request)).await }
    }
}
