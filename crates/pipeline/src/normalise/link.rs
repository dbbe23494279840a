//! Span links.

use tracehound_model::{Attribute, Extras};

use crate::normalise::name;

/// Makes the attribute `link.name` of every link a normal span name. Source: agent-protocol 3.2 (row 13).
pub(crate) fn normalise_names(mut extras: Box<Extras>) -> Box<Extras> {
    for (key, value) in extras.links.iter_mut().flat_map(|link| &mut link.attributes) {
        if let Attribute::String(text) = value
            && **key == *"link.name"
        {
            *text = name::normalise(text).0.into();
        }
    }
    extras
}

#[cfg(test)]
mod tests {
    use tracehound_model::Link;

    use super::*;

    #[test]
    fn the_name_of_a_link_is_normalised_as_that_of_a_span() {
        let text = |text: &str| Attribute::String(text.into());
        for (key, sent, expected) in [
            ("link.name", text("GET /a b"), text("GET_a_b")),
            ("link.name", text(""), text("unnamed_operation")),
            ("link.name", Attribute::Int(3), Attribute::Int(3)),
            ("link.kind", text("GET /a b"), text("GET /a b")),
        ] {
            let link = Link { attributes: vec![(key.into(), sent)], ..Link::default() };
            let extras = normalise_names(Box::new(Extras { links: vec![link], ..Extras::default() }));
            assert_eq!(extras.links[0].attributes, [(key.into(), expected)]);
        }
    }
}
