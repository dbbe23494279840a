//! The pipeline as its callers see it: what a tracer sent, what is kept, what is counted.

mod any_payload;
mod chunk_attributes;
mod dropped_chunks;
mod repairs;
mod support;
mod top_level_spans;
mod truncation;
