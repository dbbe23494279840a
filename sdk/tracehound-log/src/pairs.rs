//! The key-value pairs of a record, and those of its trace after them.

use log::kv::{Error, Key, Source, Value, VisitSource};
use tracehound::integration::log::Correlation;

pub(crate) struct Pairs<'a> {
    pub(crate) before: &'a dyn Source,
    pub(crate) correlation: Correlation,
}

impl Source for Pairs<'_> {
    fn visit<'kvs>(&'kvs self, visitor: &mut dyn VisitSource<'kvs>) -> Result<(), Error> {
        self.before.visit(visitor)?;
        let mut visited = Ok(());
        self.correlation.each(|name, text| {
            if visited.is_ok() {
                visited = visitor.visit_pair(Key::from_str(name), Value::from_dyn_display(text));
            }
        });
        visited
    }
}
