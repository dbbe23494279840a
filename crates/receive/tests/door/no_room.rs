//! Where there is no room, the answer is 429 in time, whatever the headers say, and the next one is served.

use std::time::Duration;

use crate::support::bodies::{JSON, MSGPACK, good, json_of, v04};
use crate::support::{eventually, open_with, request};

const SHORT: Duration = Duration::from_millis(100);

#[test]
fn a_body_that_finds_no_bytes_in_the_budget_is_429() {
    let door = open_with(|options, _| (options.budget_bytes, options.room_wait) = (2_000, SHORT));
    for header in [("X-None", "1"), ("Datadog-Send-Real-Http-Status", "0")] {
        let answer = door.ask(&request("POST", "/v0.4/traces", &[JSON, header], &json_of(3_000)));
        assert_eq!(answer.status, 429, "{answer:?}");
    }
    assert_eq!(door.metrics.payloads_refused.get(["no_bytes", "429"]), 2);
    assert_eq!(door.ask(&good()).status, 200, "what was taken is given back");
}

#[test]
fn a_body_that_waits_for_bytes_again_and_again_is_429_before_its_time_is_over() {
    let door = open_with(|options, _| (options.budget_bytes, options.room_wait) = (10_000, SHORT));
    let head = |bytes| format!("POST /v0.4/traces HTTP/1.1\r\nHost: x\r\nContent-Length: {bytes}\r\n\r\n").into_bytes();
    let holders: Vec<_> = (0..10)
        .map(|_| {
            let mut holder = door.client();
            holder.send(&[head(2_000), vec![0; 1_000]].concat());
            holder
        })
        .collect();
    eventually("all is taken", || door.metrics.receive_budget_bytes.get() == 10_000);
    let mut client = door.client();
    client.send(&head(10_001));
    for holder in holders {
        client.send(&[0; 1_000]);
        // No single wait is too long.
        std::thread::sleep(SHORT / 2);
        drop(holder);
    }
    assert_eq!(client.answer().status, 429);
    eventually("given back", || door.metrics.receive_budget_bytes.get() == 0);
}

#[test]
fn what_overdraws_the_budget_is_paid_back_before_more_is_taken() {
    let body = v04();
    let door = open_with(|options, _| (options.budget_bytes, options.room_wait) = (body.len(), SHORT));
    door.keeper.hold_rooms();
    assert_eq!(door.ask(&good()).status, 200, "the body just fits, its batch overdraws");
    assert!(door.metrics.receive_budget_bytes.get() > body.len() as i64);
    assert_eq!(door.ask(&good()).status, 429);
    door.keeper.give_rooms_back();
    eventually("given back", || door.metrics.receive_budget_bytes.get() == 0);
    assert_eq!(door.ask(&good()).status, 200);
}

#[test]
fn a_body_that_gets_no_decode_slot_is_429() {
    let door = open_with(|options, _| (options.decode_slots, options.room_wait) = (0, SHORT));
    let mut client = door.client();
    assert_eq!(client.ask(&request("POST", "/v0.4/traces", &[MSGPACK], &v04())).status, 429);
    assert_eq!(door.metrics.payloads_refused.get(["no_slot", "429"]), 1);
    eventually("given back", || door.metrics.receive_budget_bytes.get() == 0);
    assert_eq!(client.ask(b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
}

#[test]
fn what_is_not_durable_in_time_is_429_and_not_counted_as_received() {
    let door = open_with(|options, _| options.answer_within = SHORT);
    door.keeper.delay(Duration::from_secs(60));
    assert_eq!(door.ask(&good()).status, 429);
    assert_eq!(door.metrics.payloads_refused.get(["late", "429"]), 1);
    assert_eq!(door.metrics.spans_received.get(), 0);
    eventually("given back", || door.metrics.receive_budget_bytes.get() == 0);
    door.keeper.delay(Duration::ZERO);
    assert_eq!(door.ask(&good()).status, 200);
}
