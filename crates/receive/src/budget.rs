//! The memory that requests may hold.
//!
//! A body takes bytes as they arrive and waits when there are none, so that a sender is slowed down by its connection. The
//! batch made of a body takes the body's place and can be larger. It does not wait for that, because those it would wait
//! for wait behind it: it overdraws the budget. Until that is paid back nothing more is taken and no further body is
//! decoded, so the budget is overdrawn by at most one batch per decode slot.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{Notify, Semaphore};
use tracehound_telemetry::Gauge;

/// A number of bytes to share.
#[derive(Debug)]
pub(crate) struct Budget {
    free: Semaphore,
    /// By how much the budget is overdrawn, in bytes; `free` has none then.
    debt: Mutex<usize>,
    /// Wakes those who wait for the debt to be paid.
    paid: Notify,
    used: Gauge,
}

/// Bytes of the receiver's memory budget that a body or batch holds. They are given back when this is dropped.
#[derive(Debug)]
pub struct Room {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    /// - `used`: shows how many bytes are taken.
    pub(crate) fn new(bytes: usize, used: Gauge) -> Arc<Budget> {
        let free = Semaphore::new(bytes.min(Semaphore::MAX_PERMITS));
        Arc::new(Budget { free, debt: Mutex::new(0), paid: Notify::new(), used })
    }

    /// Room for nothing yet.
    pub(crate) fn room(self: &Arc<Budget>) -> Room {
        Room { budget: self.clone(), bytes: 0 }
    }

    /// Waits until the budget is not overdrawn.
    pub(crate) async fn until_paid(&self) {
        loop {
            let paid = self.paid.notified();
            if *self.debt.lock() == 0 {
                return;
            }
            paid.await;
        }
    }

    fn overdraw(&self, bytes: usize) {
        let mut debt = self.debt.lock();
        *debt += bytes - self.free.forget_permits(bytes);
        self.used.inc_by(bytes as i64);
    }

    fn give_back(&self, bytes: usize) {
        let mut debt = self.debt.lock();
        let payment = bytes.min(*debt);
        *debt -= payment;
        self.free.add_permits(bytes - payment);
        self.used.dec_by(bytes as i64);
        if payment > 0 && *debt == 0 {
            self.paid.notify_waiters();
        }
    }
}

impl Room {
    /// How many bytes this holds.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes more bytes; waits, in turn, until they are free.
    pub(crate) async fn grow(&mut self, bytes: usize) {
        // A frame of a body is as large as the connection's read buffer at most.
        let count = u32::try_from(bytes).unwrap_or(u32::MAX);
        // The semaphore is never closed.
        if let Ok(permits) = self.budget.free.acquire_many(count).await {
            permits.forget();
            self.bytes += bytes;
            self.budget.used.inc_by(bytes as i64);
        }
    }

    /// Holds so many bytes from now on, overdrawing the budget if it must.
    pub(crate) fn resize(&mut self, bytes: usize) {
        match bytes.checked_sub(self.bytes) {
            Some(more) => self.budget.overdraw(more),
            None => self.budget.give_back(self.bytes - bytes),
        }
        self.bytes = bytes;
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// Whether a future is done when it is polled now.
    fn is_ready(future: impl Future<Output = ()>) -> bool {
        pin!(future).poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(())
    }

    fn budget(bytes: usize) -> (Arc<Budget>, Gauge) {
        let used = Gauge::default();
        (Budget::new(bytes, used.clone()), used)
    }

    #[test]
    fn bytes_are_taken_until_there_are_none_and_come_back_when_room_is_dropped() {
        let (budget, used) = budget(100);
        let (mut first, mut second) = (budget.room(), budget.room());
        assert!(is_ready(first.grow(60)));
        assert!(!is_ready(second.grow(60)));
        assert!(is_ready(second.grow(40)));
        assert_eq!(used.get(), 100);
        drop(first);
        assert!(is_ready(second.grow(60)));
        assert_eq!((second.bytes(), used.get()), (100, 100));
        drop(second);
        assert_eq!(used.get(), 0);
    }

    #[test]
    fn a_batch_larger_than_its_body_overdraws_and_nothing_is_taken_until_that_is_paid_back() {
        let (budget, used) = budget(100);
        let (mut batch, mut body) = (budget.room(), budget.room());
        assert!(is_ready(batch.grow(50)) && is_ready(body.grow(40)));
        batch.resize(90);
        assert_eq!(used.get(), 130);
        assert!(!is_ready(budget.until_paid()));
        assert!(!is_ready(budget.room().grow(1)));
        body.resize(10);
        assert!(is_ready(budget.until_paid()), "90 + 10 is just the budget");
        assert!(!is_ready(budget.room().grow(1)));
        drop(batch);
        assert!(is_ready(budget.room().grow(90)));
    }

    #[test]
    fn a_batch_smaller_than_its_body_gives_the_rest_back() {
        let (budget, used) = budget(100);
        let mut room = budget.room();
        assert!(is_ready(room.grow(100)));
        room.resize(30);
        assert_eq!(used.get(), 30);
        assert!(is_ready(budget.room().grow(70)));
    }
}
