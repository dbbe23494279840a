//! Carriers: what a context travels in, such as the headers of a request or of a message.
//!
//! [`Extract`] and [`Inject`] are small on purpose, so that any collection of headers can have them. They are here for maps and for lists
//! of pairs, of text or of bytes, as Kafka's are, and for the environment of processes; the headers of HTTP and gRPC libraries have them
//! in those libraries' crates.
//!
//! ```
//! let mut headers = Vec::from([("traceparent".to_owned(), "00-0000000000000000000000000000000a-000000000000000b-01".to_owned())]);
//! let context = tracehound::extract(&headers);
//! assert_eq!(context.span_id(), 11);
//!
//! tracehound::inject(&mut headers); // the current span's context, if there is one
//! ```

mod collections;
mod environment;
mod text;

pub use environment::{Environment, Process};
pub use text::Text;

/// Something a context can be read from.
///
/// ```
/// use tracehound::carrier::Extract;
///
/// /// A message of a queue that allows one header of each name.
/// struct Message<'a> {
///     headers: &'a [(&'a str, &'a str)],
/// }
///
/// impl Extract for Message<'_> {
///     fn get(&self, name: &str, each: &mut dyn FnMut(&str)) {
///         if let Some((_, value)) = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)) {
///             each(value);
///         }
///     }
/// }
///
/// let message = Message { headers: &[("X-Datadog-Trace-Id", "10"), ("X-Datadog-Parent-Id", "11")] };
/// assert_eq!(tracehound::extract(&message).span_id(), 11);
/// ```
pub trait Extract {
    /// Calls `each` with every value of the header `name`, in order. The name is in lower case, and its case does not matter. A value that
    /// is not UTF-8 is left out.
    fn get(&self, name: &str, each: &mut dyn FnMut(&str));
}

/// Something a context can be written into.
///
/// ```
/// use tracehound::carrier::Inject;
///
/// /// Headers as one text, a line each.
/// struct Lines(String);
///
/// impl Inject for Lines {
///     fn set(&mut self, name: &str, value: &str) {
///         self.0.push_str(&format!("{name}: {value}\r\n"));
///     }
/// }
///
/// tracehound::inject(&mut Lines(String::new()));
/// ```
pub trait Inject {
    /// Sets the header `name`, in place of what it was. The name is in lower case; the value is printable ASCII.
    fn set(&mut self, name: &str, value: &str);
}

impl<C: Extract + ?Sized> Extract for &C {
    fn get(&self, name: &str, each: &mut dyn FnMut(&str)) {
        (**self).get(name, each);
    }
}

impl<C: Extract + ?Sized> Extract for &mut C {
    fn get(&self, name: &str, each: &mut dyn FnMut(&str)) {
        (**self).get(name, each);
    }
}

impl<C: Inject + ?Sized> Inject for &mut C {
    fn set(&mut self, name: &str, value: &str) {
        (**self).set(name, value);
    }
}
