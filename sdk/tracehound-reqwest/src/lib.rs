//! Traces requests made with reqwest.
