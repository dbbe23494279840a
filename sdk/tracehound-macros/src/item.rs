//! What `#[traced]` stands on: one function, or a block of them.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Error, ImplItem, ItemImpl, ItemTrait, Result, Token, TraitItem, Visibility};

use crate::function::Function;
use crate::options::Options;

pub(crate) enum Item {
    Function(Function),
    Impl(ItemImpl),
    Trait(ItemTrait),
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let ahead = input.fork();
        ahead.call(Attribute::parse_outer)?;
        ahead.parse::<Visibility>()?;
        ahead.parse::<Option<Token![unsafe]>>()?;
        if ahead.peek(Token![impl]) {
            input.parse().map(Item::Impl)
        } else if ahead.peek(Token![trait]) {
            input.parse().map(Item::Trait)
        } else if [
            ahead.peek(Token![fn]),
            ahead.peek(Token![async]),
            ahead.peek(Token![const]),
            ahead.peek(Token![extern]),
        ]
        .contains(&true)
        {
            input.parse().map(Item::Function)
        } else {
            Err(ahead.error("#[traced] goes on functions, methods, `impl` blocks and traits"))
        }
    }
}

impl Item {
    pub(crate) fn traced(self, options: &Options) -> Result<TokenStream> {
        if let Item::Function(function) = self {
            return Ok(function.traced(options));
        }
        if let Some(name) = &options.name {
            return Err(Error::new_spanned(
                name,
                "a name is for one function: the functions of a block have their own",
            ));
        }
        if let Some(argument) = options.args.first() {
            return Err(Error::new_spanned(argument, "arguments are those of one function: name them there"));
        }
        Ok(match self {
            Item::Function(function) => function.traced(options),
            Item::Impl(mut block) => {
                for item in &mut block.items {
                    if let ImplItem::Fn(method) = item {
                        if is_traceable(&method.attrs, method.sig.constness.is_some()) {
                            *item = ImplItem::Verbatim(traced(method, options)?);
                        }
                    }
                }
                block.into_token_stream()
            }
            Item::Trait(mut block) => {
                for item in &mut block.items {
                    if let TraitItem::Fn(method) = item {
                        if method.default.is_some() && is_traceable(&method.attrs, method.sig.constness.is_some()) {
                            *item = TraitItem::Verbatim(traced(method, options)?);
                        }
                    }
                }
                block.into_token_stream()
            }
        })
    }
}

/// A function in a block is left alone if it has its own `#[traced]`, or cannot be traced.
fn is_traceable(attributes: &[Attribute], is_const: bool) -> bool {
    let own = |attribute: &Attribute| attribute.path().segments.last().is_some_and(|last| last.ident == "traced");
    !is_const && !attributes.iter().any(own)
}

fn traced(method: &impl ToTokens, options: &Options) -> Result<TokenStream> {
    Ok(syn::parse2::<Function>(method.to_token_stream())?.traced(options))
}
