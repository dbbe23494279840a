//! What a connection is doing, and how long it may do it.
//!
//! Three places know: bytes that arrive while no request is served are the begin of one (5 s for the whole header); a
//! request is served from the moment its header is there until its answer is written and its body is read (whoever serves
//! it has limits of its own); an answer that the other side does not read stalls (10 s). In between the connection is idle
//! (60 s). They say so here, and one timer per connection watches.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

/// How long a connection may stay in one state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    pub(crate) idle: Duration,
    pub(crate) header: Duration,
    pub(crate) write: Duration,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct State {
    /// Requests whose answer or body is not done.
    requests: usize,
    /// The first bytes of a header are there.
    header_begun: bool,
    /// Bytes wait to be taken by the other side.
    write_stalls: bool,
}

/// The state of one connection, shared by those who know it.
#[derive(Clone, Debug)]
pub(crate) struct Activity(Arc<watch::Sender<State>>);

/// A request that is being served, until all clones of this are dropped.
#[derive(Clone, Debug)]
pub(crate) struct InFlight(#[expect(dead_code, reason = "held for its drop")] Arc<Served>);

#[derive(Debug)]
struct Served(Activity);

impl Activity {
    pub(crate) fn new() -> Activity {
        Activity(Arc::new(watch::Sender::new(State::default())))
    }

    /// Bytes arrived.
    pub(crate) fn bytes_arrived(&self) {
        self.change(|state| state.header_begun |= state.requests == 0);
    }

    /// A header is complete.
    pub(crate) fn request(&self) -> InFlight {
        self.change(|state| {
            state.requests += 1;
            state.header_begun = false;
        });
        InFlight(Arc::new(Served(self.clone())))
    }

    /// The other side does not take bytes, or takes them again.
    pub(crate) fn write_stalls(&self, stalls: bool) {
        self.change(|state| state.write_stalls = stalls);
    }

    /// Resolves when the connection has been in one state for too long.
    pub(crate) async fn overdue(&self, patience: Patience) {
        let mut states = self.0.subscribe();
        loop {
            let limit = states.borrow_and_update().limit(patience);
            tokio::select! {
                _ = states.changed() => {}
                () = sleep(limit) => return,
            }
        }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        self.0.send_if_modified(|state| {
            let before = *state;
            change(state);
            *state != before
        });
    }
}

impl State {
    fn limit(&self, patience: Patience) -> Duration {
        match self {
            State { write_stalls: true, .. } => patience.write,
            State { requests: 1.., .. } => Duration::MAX,
            State { header_begun: true, .. } => patience.header,
            _ => patience.idle,
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.0.change(|state| state.requests -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience =
        Patience { idle: Duration::from_secs(60), header: Duration::from_secs(5), write: Duration::from_secs(10) };

    fn limit(activity: &Activity) -> Duration {
        activity.0.borrow().limit(PATIENCE)
    }

    #[test]
    fn each_state_has_its_limit() {
        let activity = Activity::new();
        assert_eq!(limit(&activity), PATIENCE.idle);
        activity.bytes_arrived();
        assert_eq!(limit(&activity), PATIENCE.header);
        let request = activity.request();
        assert_eq!(limit(&activity), Duration::MAX, "whoever serves it has limits");
        activity.bytes_arrived();
        assert_eq!(limit(&activity), Duration::MAX, "bytes of its body are no header");
        activity.write_stalls(true);
        assert_eq!(limit(&activity), PATIENCE.write);
        activity.write_stalls(false);
        let body_still_read = request.clone();
        drop(request);
        assert_eq!(limit(&activity), Duration::MAX);
        drop(body_still_read);
        assert_eq!(limit(&activity), PATIENCE.idle);
    }

    #[test]
    fn more_bytes_of_one_header_do_not_start_its_time_again() {
        let activity = Activity::new();
        let mut states = activity.0.subscribe();
        activity.bytes_arrived();
        assert!(states.has_changed().unwrap());
        states.mark_unchanged();
        activity.bytes_arrived();
        assert!(!states.has_changed().unwrap());
    }
}
