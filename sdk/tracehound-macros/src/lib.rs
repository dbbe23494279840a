//! The #[traced] attribute of the tracehound tracer.
