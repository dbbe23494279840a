//! Which methods stream, as the application tells it.

use std::fmt;
use std::sync::Arc;

use tracehound::integration::grpc::MethodKind;

type Tell = dyn Fn(&str) -> Option<MethodKind> + Send + Sync;

/// Knows nothing by default.
#[derive(Clone, Default)]
pub(crate) struct MethodKinds(Option<Arc<Tell>>);

impl MethodKinds {
    pub(crate) fn told_by(tell: impl Fn(&str) -> Option<MethodKind> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(tell)))
    }

    pub(crate) fn of(&self, method: &str) -> Option<MethodKind> {
        self.0.as_ref().and_then(|tell| tell(method))
    }
}

impl fmt::Debug for MethodKinds {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.0.is_some() { "told" } else { "unknown" })
    }
}
