//! What is written inside of `#[traced(…)]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, LitStr, Path, Result, Token, parenthesized, parse_quote};

const KNOWN: &str =
    "name, resource, service, span_type, tags(…), args(…), parent, root, tracer, measured, skip_err, crate";

/// The options, each as far as it was given.
pub(crate) struct Options {
    /// Where the tracer is: `::tracehound`, unless it comes through another crate.
    pub(crate) krate: Path,
    pub(crate) name: Option<Expr>,
    /// Options that `span!` has under the same name, such as `resource = expression`, with its comma.
    settings: Vec<TokenStream>,
    tags: Vec<Tag>,
    pub(crate) args: Vec<Ident>,
    measured: bool,
    pub(crate) skip_err: bool,
}

/// `key.with.dots = value` or `"key" = value`.
struct Tag {
    key: LitStr,
    value: Value,
}

/// An expression; after `%` for its `Display`, after `?` for its `Debug`.
struct Value {
    sigil: TokenStream,
    expression: Expr,
}

impl Options {
    /// The expression that starts the span of the function `function`.
    pub(crate) fn span(&self, function: &Ident) -> TokenStream {
        let Options { krate, settings, .. } = self;
        let name = match &self.name {
            Some(name) => name.to_token_stream(),
            None => LitStr::new(&function.unraw().to_string(), function.span()).to_token_stream(),
        };
        let tags = self.tags.iter().map(|Tag { key, value }| quote!(#key = #value,));
        let args = self.args.iter().map(|arg| {
            let key = LitStr::new(&arg.unraw().to_string(), arg.span());
            quote!(#key = #krate::__argument!(#arg),)
        });
        let site = Span::mixed_site();
        let span = quote_spanned!(site=> #krate::span!(#name, #(#settings)* #(#tags)* #(#args)*));
        match self.measured {
            true => quote_spanned!(site=> { let span = #span; span.set_measured(true); span }),
            false => span,
        }
    }
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut options = Options {
            krate: parse_quote!(::tracehound),
            name: None,
            settings: Vec::new(),
            tags: Vec::new(),
            args: Vec::new(),
            measured: false,
            skip_err: false,
        };
        let mut seen: Vec<Ident> = Vec::new();
        while !input.is_empty() {
            let option = input.call(Ident::parse_any)?;
            if seen.contains(&option) {
                return Err(Error::new(option.span(), format!("`{option}` is given twice")));
            }
            options.read(&option, input)?;
            seen.push(option);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(options)
    }
}

impl Options {
    /// Reads what follows the name of an option.
    fn read(&mut self, option: &Ident, input: ParseStream<'_>) -> Result<()> {
        match option.to_string().as_str() {
            "name" => self.name = Some(assigned(input)?),
            "crate" => {
                input.parse::<Token![=]>()?;
                self.krate = input.call(Path::parse_mod_style)?;
            }
            "resource" | "service" | "span_type" | "type" | "parent" | "tracer" => {
                let value: Value = assigned(input)?;
                self.settings.push(quote!(#option = #value,));
            }
            "root" => self.settings.push(quote!(parent = None,)),
            "tags" => self.tags = listed(input)?,
            "args" => self.args = listed(input)?,
            "measured" => self.measured = true,
            "skip_err" => self.skip_err = true,
            _ => return Err(Error::new(option.span(), format!("unknown option `{option}`; there are {KNOWN}"))),
        }
        Ok(())
    }
}

fn assigned<T: Parse>(input: ParseStream<'_>) -> Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

fn listed<T: Parse>(input: ParseStream<'_>) -> Result<Vec<T>> {
    let content;
    parenthesized!(content in input);
    Ok(Punctuated::<T, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

impl Parse for Tag {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let key = if input.peek(LitStr) { input.parse()? } else { dotted(input)? };
        Ok(Tag { key, value: assigned(input)? })
    }
}

/// `user.id` as a text.
fn dotted(input: ParseStream<'_>) -> Result<LitStr> {
    let first = input.call(Ident::parse_any)?;
    let mut key = first.unraw().to_string();
    while input.parse::<Option<Token![.]>>()?.is_some() {
        key.push('.');
        key.push_str(&input.call(Ident::parse_any)?.unraw().to_string());
    }
    Ok(LitStr::new(&key, first.span()))
}

impl Parse for Value {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let sigil = if input.peek(Token![%]) {
            input.parse::<Token![%]>()?.into_token_stream()
        } else if input.peek(Token![?]) {
            input.parse::<Token![?]>()?.into_token_stream()
        } else {
            TokenStream::new()
        };
        Ok(Value { sigil, expression: input.parse()? })
    }
}

impl ToTokens for Value {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.sigil.to_tokens(tokens);
        self.expression.to_tokens(tokens);
    }
}
