//! The receiver behind real sockets, one behaviour per module.

mod answers;
mod body_cap;
mod bug;
mod connection_limit;
mod expect_continue;
mod info;
mod keep_alive;
mod ledger;
mod no_room;
mod recorded_clients;
mod refused;
mod shutdown;
mod slow_clients;
mod support;
mod unknown_routes;
