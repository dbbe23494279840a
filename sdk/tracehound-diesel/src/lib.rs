//! Traces queries made with diesel.
