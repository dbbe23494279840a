//! Traces Redis commands.
