//! Forked children.

#[path = "../../../tests/support/child.rs"]
mod child;

use std::cell::Cell;

use super::*;

#[test]
fn a_child_leaves_its_parents_sender_alone_even_if_the_lock_is_held() {
    crate::fork::watch();
    let agent = agent(|_| Reply::ok("{}"));
    let tested = Tested::new(agent.endpoint());
    tested.push([1]);
    tested.sender.ready(LONG).unwrap();
    let generation = crate::fork::generation();
    let shared = tested.sender.shared();
    let place = Cell::new(Some(tested));
    let held = shared.lock();
    let yes = child::says_yes(|| {
        let Some(Tested { sender, .. }) = place.take() else { return false };
        sender.call();
        sender.begin();
        sender.push_stats(b"record");
        sender.dropped_p0(1, 1);
        sender.count_lost(1, 1);
        !sender.push(&[&[0x90]], 1)
            && sender.health() == Health::default()
            && sender.flush(LONG) == Err(FlushError::Stopped)
            && sender.flush_stats(LONG) == Err(FlushError::Stopped)
            && sender.ready(LONG) == Err(NotReady::Stopped)
            && sender.shutdown(LONG) == Err(FlushError::Stopped)
            && Arc::into_inner(sender).map(drop).is_some()
            && crate::fork::generation() == generation + 1
    });
    drop(held);
    assert!(yes);
    let tested = place.take().expect("the child took its own copy");
    assert_eq!(crate::fork::generation(), generation, "the parent is who it was");
    assert_eq!(tested.flush().unwrap().sent.traces, 1, "and sends its own trace, once");
    assert_eq!(agent.traces().len(), 1);
}

#[test]
fn a_child_sends_its_own_traces_and_not_its_parents() {
    crate::fork::watch();
    let agent = agent(|_| Reply::ok("{}"));
    let parents = Tested::new(agent.endpoint());
    parents.push([1]);
    parents.sender.ready(LONG).unwrap();
    let yes = child::says_yes(|| {
        let own = Tested::new(agent.endpoint());
        own.push([2]);
        own.flush().is_ok_and(|flushed| flushed.sent.traces == 1)
    });
    assert!(yes);
    let bodies: Vec<_> = agent.traces().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies, [body(&[2])]);
    parents.flush().unwrap();
    assert_eq!(agent.traces().pop().unwrap().body, body(&[1]));
}
