//! A function as it is written, and the traced one made from it.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{
    AttrStyle, Attribute, Error, Expr, Result, ReturnType, Signature, Token, Type, Visibility, braced, parse_quote,
};

use crate::options::Options;
use crate::output::{self, Future};

/// A function or method with a body. The body is taken as it is: only its beginning and its end matter here.
pub(crate) struct Function {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    signature: Signature,
    body: Group,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> Result<Function> {
        let mut attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let signature: Signature = input.parse()?;
        if let Some(token) = signature.constness {
            return Err(Error::new(token.span, "a `const fn` cannot be traced: a span cannot start while compiling"));
        }
        if input.peek(Token![;]) {
            return Err(input.error("there is no body to trace: #[traced] goes on the implementations of the method"));
        }
        let content;
        let brace = braced!(content in input);
        // Attributes at the top of a body have no place in a closure; on the function they say the same.
        let inner = content.call(Attribute::parse_inner)?;
        attributes.extend(inner.into_iter().map(|attribute| Attribute { style: AttrStyle::Outer, ..attribute }));
        let mut body = Group::new(Delimiter::Brace, content.parse()?);
        body.set_span(brace.span.join());
        Ok(Function { attributes, visibility, signature, body })
    }
}

impl Function {
    /// The traced function.
    pub(crate) fn traced(&self, options: &Options) -> TokenStream {
        let Function { attributes, visibility, signature, body } = self;
        let returned = match &signature.output {
            ReturnType::Default => parse_quote!(()),
            ReturnType::Type(_, ty) => (**ty).clone(),
        };
        let tracing = Tracing { options, function: &signature.ident };
        let body = if signature.asyncness.is_some() {
            tracing.followed(Some(Token![move](Span::mixed_site())), body, &returned)
        } else if let Some(future) = Future::of(&returned) {
            match AsyncBlock::alone_in(body) {
                Some(block) => tracing.within(&block, &future.output),
                None => tracing.begun(body, &returned, &future),
            }
        } else {
            tracing.run(body, &returned)
        };
        quote!(#(#attributes)* #visibility #signature { #body })
    }
}

/// Makes the parts of a traced function. Its own names stand at the mixed site, where the user's code cannot see them.
struct Tracing<'a> {
    options: &'a Options,
    function: &'a Ident,
}

impl Tracing<'_> {
    /// Runs a body as a whole. It stands in a closure, since `?` and `return` have to end up here.
    fn run(&self, body: &Group, returned: &Type) -> TokenStream {
        let (krate, span) = (&self.options.krate, self.span());
        if output::is_closure(returned) {
            // Inside of another closure its types would not be known: without it, only the time is taken.
            return quote_spanned!(Span::mixed_site()=> let _entered = #span.entered(); #body);
        }
        let (inferred, note) = (output::inferred(returned), self.note(returned, body));
        quote_spanned!(Span::mixed_site()=> #krate::__private::run(#span, move || -> #inferred #body, #note))
    }

    /// Awaits a body. Naming its type first lets `?` and coercions in there work as in the function.
    fn followed(&self, capture: Option<Token![move]>, body: &Group, returned: &Type) -> TokenStream {
        let (krate, span) = (&self.options.krate, self.span());
        let (inferred, note) = (output::inferred(returned), self.note(returned, body));
        let site = Span::mixed_site();
        let typed = match &inferred {
            Type::Infer(_) | Type::Never(_) => TokenStream::new(),
            // Errors point at this `return`, so it stands where the type is written.
            known => quote_spanned! {site.located_at(returned.span())=>
                if let ::core::option::Option::Some(returned) = ::core::option::Option::None::<#known> {
                    return returned;
                }
            },
        };
        quote_spanned!(site=> #krate::__private::follow(#span, async #capture { #typed #body }, #note).await)
    }

    /// The same for an `async` block that is all of a body.
    fn within(&self, block: &AsyncBlock, returned: &Type) -> TokenStream {
        let AsyncBlock { pin, capture, body } = block;
        let followed = self.followed(*capture, body, returned);
        let block = quote_spanned!(Span::mixed_site()=> async #capture { #followed });
        match pin {
            Some(pin) => quote!(#pin(#block)),
            None => block,
        }
    }

    /// Runs a body that makes a future, and goes on in the same span with the future.
    fn begun(&self, body: &Group, returned: &Type, future: &Future) -> TokenStream {
        let (krate, span) = (&self.options.krate, self.span());
        let (inferred, note) = (output::inferred(returned), self.note(&future.output, body));
        let site = Span::mixed_site();
        let followed = quote_spanned!(site=> #krate::__private::follow(span, future, #note));
        let result = if future.boxed { quote_spanned!(site=> ::std::boxed::Box::pin(#followed)) } else { followed };
        quote_spanned! {site=>
            let span = #span;
            let future = #krate::__private::begin(&span, move || -> #inferred #body);
            #result
        }
    }

    fn span(&self) -> TokenStream {
        self.options.span(self.function)
    }

    /// The closure that is told what the function returned.
    fn note(&self, returned: &Type, body: &Group) -> TokenStream {
        let krate = &self.options.krate;
        if self.options.skip_err || !output::can_be_result(returned, body) {
            return quote_spanned!(Span::mixed_site()=> |_, _| ());
        }
        quote_spanned!(Span::mixed_site()=> |span, returned| #krate::__note_error!(span, returned))
    }
}

/// A body that is nothing but `async { … }` or `Box::pin(async { … })`, as `#[async_trait]` writes it: an async function by another name.
struct AsyncBlock {
    /// `Box::pin`, if it is given to that.
    pin: Option<Expr>,
    capture: Option<Token![move]>,
    body: Group,
}

impl AsyncBlock {
    fn alone_in(body: &Group) -> Option<AsyncBlock> {
        let (pin, block) = match syn::parse2(body.stream()).ok()? {
            Expr::Async(block) => (None, block),
            Expr::Call(mut call) if call.args.len() == 1 && is_box_pin(&call.func) => {
                match call.args.pop()?.into_value() {
                    Expr::Async(block) => (Some(*call.func), block),
                    _ => return None,
                }
            }
            _ => return None,
        };
        let body = syn::parse2(block.block.into_token_stream()).ok()?;
        block.attrs.is_empty().then_some(AsyncBlock { pin, capture: block.capture, body })
    }
}

fn is_box_pin(function: &Expr) -> bool {
    let Expr::Path(path) = function else { return false };
    let mut names = path.path.segments.iter().rev().map(|segment| &segment.ident);
    names.next().is_some_and(|name| name == "pin") && names.next().is_some_and(|name| name == "Box")
}
