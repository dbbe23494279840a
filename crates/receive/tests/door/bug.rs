//! A panic ends the request that met it with 500, and nothing else.

use crate::support::bodies::good;
use crate::support::{eventually, open};

#[test]
fn a_request_that_meets_a_bug_is_500_and_the_connection_goes_on() {
    let door = open();
    let mut client = door.client();
    door.keeper.panic(true);
    assert_eq!(client.ask(&good()).status, 500);
    door.keeper.panic(false);
    assert_eq!(client.ask(&good()).status, 200);
    assert_eq!(door.metrics.payloads_refused.get(["bug", "500"]), 1);
    assert_eq!(door.metrics.spans_received.get(), 1);
    eventually("given back", || door.metrics.receive_budget_bytes.get() == 0);
}
