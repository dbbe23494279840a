//! What a function's return type, as it is written, tells about the function.

use proc_macro2::{Group, TokenTree};
use syn::{GenericArgument, Ident, PathArguments, PathSegment, Type, TypeParamBound, parse_quote};

/// The future that a function returns although it is not an `async fn`.
pub(crate) struct Future {
    /// What the future returns.
    pub(crate) output: Type,
    /// `Pin<Box<dyn Future>>` or an alias of it, not `impl Future`.
    pub(crate) boxed: bool,
}

impl Future {
    /// The future behind a return type, if it is one of the usual ways to write one.
    pub(crate) fn of(returned: &Type) -> Option<Future> {
        if let Some(output) = future_output(returned) {
            return Some(Future { output, boxed: false });
        }
        let last = last_segment(returned)?;
        let output = if last.ident == "Pin" {
            let pinned = last_segment(first_type(last)?)?;
            if pinned.ident == "Box" { future_output(first_type(pinned)?) } else { None }
        } else if is_one_of(&last.ident, &["BoxFuture", "LocalBoxFuture"]) {
            first_type(last).cloned()
        } else {
            None
        };
        Some(Future { output: output?, boxed: true })
    }
}

/// `T` of `impl Future<Output = T>` and `dyn Future<Output = T>`.
fn future_output(future: &Type) -> Option<Type> {
    let bound = bounds(future)?.find(|bound| bound.ident == "Future")?;
    let PathArguments::AngleBracketed(arguments) = &bound.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(assigned) if assigned.ident == "Output" => Some(assigned.ty.clone()),
        _ => None,
    })
}

/// Whether the type can be a `Result`, by its own name or another one. Behind `impl Trait` as well, as far as `body` gives it a type.
pub(crate) fn can_be_result(returned: &Type, body: &Group) -> bool {
    match bare(returned) {
        Type::Path(_) | Type::Macro(_) => true,
        Type::ImplTrait(_) => !is_unwritten(body),
        _ => false,
    }
}

/// Whether the body ends in `todo!()` or the like.
fn is_unwritten(body: &Group) -> bool {
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    match tokens.as_slice() {
        [.., TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Group(_)]
        | [.., TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Group(_), TokenTree::Punct(_)] => {
            is_one_of(name, &["panic", "todo", "unimplemented", "unreachable"])
        }
        _ => false,
    }
}

/// Whether it is an `impl Fn(…)`, from which the compiler learns the types of the closure that the body returns.
pub(crate) fn is_closure(returned: &Type) -> bool {
    bounds(returned).is_some_and(|mut bounds| bounds.any(|bound| is_one_of(&bound.ident, &["Fn", "FnMut", "FnOnce"])))
}

/// The type as it can be written inside of the function: `_` for what is an `impl Trait`.
pub(crate) fn inferred(returned: &Type) -> Type {
    let mut returned = returned.clone();
    infer(&mut returned);
    returned
}

fn infer(ty: &mut Type) {
    match ty {
        Type::ImplTrait(_) => *ty = parse_quote!(_),
        Type::Array(array) => infer(&mut array.elem),
        Type::Group(group) => infer(&mut group.elem),
        Type::Paren(paren) => infer(&mut paren.elem),
        Type::Ptr(pointer) => infer(&mut pointer.elem),
        Type::Reference(reference) => infer(&mut reference.elem),
        Type::Slice(slice) => infer(&mut slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(infer),
        Type::Path(path) => {
            for segment in &mut path.path.segments {
                let PathArguments::AngleBracketed(arguments) = &mut segment.arguments else { continue };
                for argument in &mut arguments.args {
                    if let GenericArgument::Type(ty) = argument {
                        infer(ty);
                    }
                }
            }
        }
        // The others cannot hold an `impl Trait` that a function may return.
        _ => {}
    }
}

/// The last names of the traits of an `impl` or `dyn` type.
fn bounds(ty: &Type) -> Option<impl Iterator<Item = &PathSegment>> {
    let bounds = match bare(ty) {
        Type::ImplTrait(opaque) => &opaque.bounds,
        Type::TraitObject(object) => &object.bounds,
        _ => return None,
    };
    Some(bounds.iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last(),
        _ => None,
    }))
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match bare(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

fn first_type(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The type without parentheses, and without the invisible ones of macros.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        _ => ty,
    }
}

fn is_one_of(ident: &Ident, names: &[&str]) -> bool {
    names.iter().any(|name| ident == name)
}
