//! What queries promise, over every place where rows can stand.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod a_trace_is_read_whole_or_not_at_all;
mod copies_of_a_span_fold_into_one;
mod ids_of_64_and_128_bits_join;
mod support;
mod the_list_is_newest_first;
