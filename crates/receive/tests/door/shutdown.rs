//! A door that closes lets requests in flight finish, for a while.

use std::net::TcpStream;
use std::time::Duration;

use crate::support::bodies::good;
use crate::support::{eventually, open, open_with};

#[test]
fn a_request_in_flight_is_answered_and_idle_connections_are_closed() {
    let mut door = open();
    door.keeper.delay(Duration::from_millis(300));
    let (mut idle, mut fresh, mut busy) = (door.client(), door.client(), door.client());
    assert_eq!(idle.ask(&good()).status, 200);
    eventually("all are there", || door.metrics.receive_connections.get() == 3);
    busy.send(&good());
    eventually("in flight", || door.metrics.receive_budget_bytes.get() > 0);
    door.close();
    idle.wait_for_end();
    fresh.wait_for_end();
    assert_eq!(busy.answer().status, 200);
    busy.wait_for_end();
    eventually("closed", || door.is_closed());
    assert!(TcpStream::connect(door.address).is_err(), "nobody listens");
}

#[test]
fn a_request_that_does_not_finish_is_cut_off() {
    let mut door = open_with(|_, limits| limits.shutdown_timeout = Duration::from_millis(100));
    let mut client = door.client();
    client.send(b"POST /v0.4/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n");
    eventually("there", || door.metrics.receive_connections.get() == 1);
    door.close();
    eventually("closed", || door.is_closed());
    client.wait_for_end();
}
