//! What the store does not take is told, and nothing of it is counted as received.

use crate::support::bodies::good;
use crate::support::open;
use tracehound_receive::Refused;

const REASONS: [(Refused, u16, &str); 4] = [
    (Refused::Starting, 503, "starting"),
    (Refused::Busy, 429, "store_full"),
    (Refused::DiskFull, 503, "disk_full"),
    (Refused::Closed, 503, "closed"),
];

#[test]
fn a_batch_that_is_refused_is_told_with_its_status_and_the_connection_goes_on() {
    let door = open();
    let mut client = door.client();
    for (refused, status, reason) in REASONS {
        door.keeper.refuse(Some(refused));
        let answer = client.ask(&good());
        assert_eq!((answer.status, answer.body), (status, format!("{refused}\n")), "{refused:?}");
        assert_eq!(door.metrics.payloads_refused.get([reason, status_label(status)]), 1, "{refused:?}");
    }
    door.keeper.refuse(None);
    assert_eq!(client.ask(&good()).status, 200);
    assert_eq!(door.metrics.spans_received.get(), 1);
}

#[test]
fn what_would_be_refused_is_not_read_first() {
    let door = open();
    for (refused, status, _) in REASONS {
        door.keeper.refuse_at_check(Some(refused));
        assert_eq!(door.ask(&good()).status, status, "{refused:?}");
    }
    assert_eq!(door.metrics.receive_body_bytes.get(), 0);
    assert_eq!(door.ask(b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n").status, 200, "only trace routes are closed");
}

fn status_label(status: u16) -> &'static str {
    match status {
        429 => "429",
        _ => "503",
    }
}
