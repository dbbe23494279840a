//! What rules and filters look at.

/// The value of a tag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Tag<'a> {
    Text(&'a str),
    Number(f64),
}

/// A span, as far as rules and filters look at it.
pub(crate) trait SpanFacts {
    fn service(&self) -> &str;
    fn name(&self) -> &str;
    fn resource(&self) -> &str;
    fn span_type(&self) -> &str;
    fn tag(&self, key: &str) -> Option<Tag<'_>>;
}

#[cfg(test)]
pub(super) mod fixture {
    use super::*;

    /// A span made of literals.
    #[derive(Clone, Copy, Debug, Default)]
    pub(crate) struct TestSpan<'a> {
        pub(crate) service: &'a str,
        pub(crate) name: &'a str,
        pub(crate) resource: &'a str,
        pub(crate) tags: &'a [(&'a str, Tag<'a>)],
    }

    impl SpanFacts for TestSpan<'_> {
        fn service(&self) -> &str {
            self.service
        }

        fn name(&self) -> &str {
            self.name
        }

        fn resource(&self) -> &str {
            self.resource
        }

        fn span_type(&self) -> &str {
            "web"
        }

        fn tag(&self, key: &str) -> Option<Tag<'_>> {
            self.tags.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
        }
    }
}
