//! The `#[traced]` attribute of the tracehound tracer, which re-exports it.
//!
//! A function keeps its signature and gets a new body around its own: `options` are what the attribute says, an `item` is what
//! it stands on, a `function` is taken apart and put together, and `output` tells from the return type whether there is a future to
//! follow or a `Result` to look at. What happens at run time is in the tracer itself, behind `tracehound::__private`.

mod function;
mod item;
mod options;
mod output;

use proc_macro::TokenStream;

/// Traces a function: a span for each call, which is current while the function runs.
///
/// The span has the name of the function, without its module. If the function returns an `Err`, the span tells the error's type and
/// message, whatever the type is, with its causes, and its backtrace if one was captured; if it panics, the panic's message. An async function's span
/// begins when the function is first polled, is current whenever it is polled, and ends with it, done or dropped.
///
/// ```
/// use tracehound::traced;
///
/// #[traced]
/// fn parse(order: &str) -> Result<u32, std::num::ParseIntError> {
///     Ok(order.trim().parse::<u32>()? * 2)
/// }
///
/// #[traced(resource = drink, tags(order.size = size * 2, guest.kind = ?guest), args(size))]
/// async fn brew(drink: &str, size: u32, guest: Option<&str>) -> String {
///     tracehound::current_span().set_tag("degrees", 96);
///     format!("{size} {drink}")
/// }
/// # assert_eq!(parse("21").unwrap(), 42);
/// ```
///
/// # Options
///
/// | Option | Meaning |
/// |---|---|
/// | `name = "…"` | another name |
/// | `resource = …`, `service = "…"`, `span_type = "…"` | as in `span!`; expressions see the arguments, and `%`, `?` stand for `Display` and `Debug` |
/// | `tags(key = …, "key" = …)` | tags, with the same expressions |
/// | `args(a, b)` | arguments as tags of their names; without it none are |
/// | `parent = …`, `root` | a parent other than the current span, or none |
/// | `tracer = …` | a tracer other than the global one |
/// | `measured` | statistics for it even inside of its service |
/// | `skip_err` | an `Err` is no error |
/// | `crate = path` | where the tracer is, if it comes through another crate |
///
/// # Where it can stand
///
/// On functions and methods, async or not; on methods of traits and their implementations, also where `#[async_trait]` stands on the
/// block; and on functions that return `impl Future` or `Pin<Box<dyn Future>>`. If such a function does more than to return one
/// `async` block, its span begins with the call.
///
/// On an `impl` block or a trait it traces every function in there that has a body and no `#[traced]` of its own.
///
/// ```
/// use tracehound::traced;
///
/// struct Machine { water: u32 }
///
/// #[traced(service = "machine", tags(water.left = self.water))]
/// impl Machine {
///     fn espresso(&mut self) -> Result<(), String> {
///         self.water = self.water.checked_sub(30).ok_or("out of water")?;
///         Ok(())
///     }
///
///     #[traced(name = "machine.refill")]
///     fn refill(&mut self) { self.water = 1_000; }
/// }
/// # Machine { water: 0 }.espresso().unwrap_err();
/// ```
///
/// `const` functions cannot be traced. Of a function that returns `impl Fn…` only the time is taken.
#[proc_macro_attribute]
pub fn traced(options: TokenStream, item: TokenStream) -> TokenStream {
    let options = syn::parse_macro_input!(options as options::Options);
    let item = syn::parse_macro_input!(item as item::Item);
    item.traced(&options).unwrap_or_else(syn::Error::into_compile_error).into()
}
