//! The wrapped client.

use std::future::Future;
use std::sync::Arc;

use reqwest::{Error, IntoUrl, Method, Request, Response};
use tracehound::Tracer;

use crate::RequestBuilder;
use crate::operation::Operation;

/// Wraps a client, so that its requests are traced.
///
/// ```
/// let http = tracehound_reqwest::wrap(reqwest::Client::new());
/// ```
pub fn wrap(client: reqwest::Client) -> Client {
    Client::new(client, Arc::default())
}

/// A client whose requests are traced. Like reqwest's, it is cheap to clone.
///
/// ```no_run
/// # async fn example() -> Result<(), reqwest::Error> {
/// let http = tracehound_reqwest::wrap(reqwest::Client::new()).service("price-client");
/// http.post("http://prices.example/beers").body("ale").send().await?.error_for_status()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    client: reqwest::Client,
    operation: Arc<Operation>,
}

impl Client {
    pub(crate) fn new(client: reqwest::Client, operation: Arc<Operation>) -> Self {
        Self { client, operation }
    }

    /// Sets the spans' service; without, they carry the application's.
    ///
    /// ```
    /// let http = tracehound_reqwest::wrap(reqwest::Client::new()).service("price-client");
    /// ```
    pub fn service(mut self, service: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.operation).spans.set_service(service);
        self
    }

    /// Makes the resource `GET api.example` instead of `GET`: for clients of few hosts.
    ///
    /// ```
    /// let http = tracehound_reqwest::wrap(reqwest::Client::new()).host_in_resource();
    /// ```
    pub fn host_in_resource(mut self) -> Self {
        Arc::make_mut(&mut self.operation).host_in_resource = true;
        self
    }

    /// Uses this tracer for requests outside of any span; inside of one, its tracer is used.
    ///
    /// ```
    /// let tracer = tracehound::Tracer::builder().service("shop").build();
    /// let http = tracehound_reqwest::wrap(reqwest::Client::new()).tracer(&tracer);
    /// ```
    pub fn tracer(mut self, tracer: &Tracer) -> Self {
        Arc::make_mut(&mut self.operation).spans.set_tracer(tracer);
        self
    }

    /// The client inside, whose requests are not traced.
    ///
    /// ```
    /// let http = tracehound_reqwest::wrap(reqwest::Client::new());
    /// let request = http.untraced().get("http://localhost/").build();
    /// ```
    pub fn untraced(&self) -> &reqwest::Client {
        &self.client
    }

    /// Begins a `GET` request.
    ///
    /// ```
    /// let request = tracehound_reqwest::wrap(reqwest::Client::new()).get("http://prices.example/");
    /// ```
    pub fn get(&self, url: impl IntoUrl) -> RequestBuilder {
        self.request(Method::GET, url)
    }

    /// Begins a `POST` request.
    ///
    /// ```
    /// let request = tracehound_reqwest::wrap(reqwest::Client::new()).post("http://prices.example/").body("ale");
    /// ```
    pub fn post(&self, url: impl IntoUrl) -> RequestBuilder {
        self.request(Method::POST, url)
    }

    /// Begins a `PUT` request.
    ///
    /// ```
    /// let request = tracehound_reqwest::wrap(reqwest::Client::new()).put("http://prices.example/7").body("ale");
    /// ```
    pub fn put(&self, url: impl IntoUrl) -> RequestBuilder {
        self.request(Method::PUT, url)
    }

    /// Begins a `PATCH` request.
    ///
    /// ```
    /// let request = tracehound_reqwest::wrap(reqwest::Client::new()).patch("http://prices.example/7").body("ale");
    /// ```
    pub fn patch(&self, url: impl IntoUrl) -> RequestBuilder {
        self.request(Method::PATCH, url)
    }

    /// Begins a `DELETE` request.
    ///
    /// ```
    /// let request = tracehound_reqwest::wrap(reqwest::Client::new()).delete("http://prices.example/7");
    /// ```
    pub fn delete(&self, url: impl IntoUrl) -> RequestBuilder {
        self.request(Method::DELETE, url)
    }

    /// Begins a `HEAD` request.
    ///
    /// ```
    /// let request = tracehound_reqwest::wrap(reqwest::Client::new()).head("http://prices.example/7");
    /// ```
    pub fn head(&self, url: impl IntoUrl) -> RequestBuilder {
        self.request(Method::HEAD, url)
    }

    /// Begins a request of any method.
    ///
    /// ```
    /// let request = tracehound_reqwest::wrap(reqwest::Client::new()).request(reqwest::Method::OPTIONS, "http://prices.example/");
    /// ```
    pub fn request(&self, method: Method, url: impl IntoUrl) -> RequestBuilder {
        RequestBuilder::new(self.client.request(method, url), Arc::clone(&self.operation))
    }

    /// Sends a request that was built before.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), reqwest::Error> {
    /// let http = tracehound_reqwest::wrap(reqwest::Client::new());
    /// let request = http.untraced().get("http://prices.example/").build()?;
    /// let response = http.execute(request).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn execute(&self, request: Request) -> impl Future<Output = Result<Response, Error>> + use<> {
        let (client, operation) = (self.client.clone(), Arc::clone(&self.operation));
        async move { operation.send(request, None, |request| client.execute(request)).await }
    }
}

impl From<reqwest::Client> for Client {
    fn from(client: reqwest::Client) -> Self {
        wrap(client)
    }
}
