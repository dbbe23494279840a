//! The log as a service: many threads submit, one commits.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use parking_lot::{Condvar, Mutex};

use crate::commit::{Entry, commit_group};
use crate::pool::Pool;
use crate::{Error, Writer};

/// How many frames may wait for their commit. Four times the connections that the receiver takes, each of which has one
/// request under way; their bytes are bounded by those who submit, who hold them anyway.
pub const MAX_WAITING_ENTRIES: usize = 4_000;

/// A log with its own thread.
///
/// There is no timer: a commit starts when a frame waits and no sync runs, and what arrives meanwhile is the next group.
/// So a lone frame waits for one sync, and under load the groups grow by themselves.
pub struct Log<T> {
    queue: Arc<Queue<T>>,
    pool: Arc<Pool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Queue<T> {
    state: Mutex<State<T>>,
    wake: Condvar,
}

struct State<T> {
    waiting: Vec<Entry<T>>,
    /// Why nothing more is taken.
    refusal: Option<Error>,
}

impl<T: Send + 'static> Log<T> {
    /// Starts the thread.
    ///
    /// `publish` gets the items of a group, in the log's order and with their sequence numbers, once they are safe and
    /// before any of them is acknowledged.
    pub fn start(mut writer: Writer, mut publish: impl FnMut(Vec<(u64, T)>) + Send + 'static) -> io::Result<Log<T>> {
        let state = State { waiting: Vec::new(), refusal: None };
        let queue = Arc::new(Queue { state: Mutex::new(state), wake: Condvar::new() });
        let pool = writer.pool();
        let thread = thread::Builder::new().name("wal".to_owned()).spawn({
            let queue = CloseOnDrop(Arc::clone(&queue));
            move || {
                while let Some(group) = queue.0.next_group() {
                    commit_group(&mut writer, group, &mut publish);
                    if writer.poisoned() {
                        queue.0.state.lock().refusal = Some(Error::Poisoned);
                    }
                }
            }
        })?;
        Ok(Log { queue, pool, thread: Mutex::new(Some(thread)) })
    }

    /// Hands over a frame. Its place in the log is its place in the queue.
    ///
    /// `on_done` is called once: with the sequence number when the frame is safe and published, or with the error; at
    /// once and on this thread if nothing is taken, else on the log's thread, which it must not hold up.
    pub fn submit(&self, payload: Vec<u8>, item: T, on_done: impl FnOnce(Result<u64, Error>) + Send + 'static) {
        let mut state = self.queue.state.lock();
        let refusal = match &state.refusal {
            None if state.waiting.len() >= MAX_WAITING_ENTRIES => Some(Error::Busy { limit: MAX_WAITING_ENTRIES }),
            refusal => refusal.clone(),
        };
        if let Some(error) = refusal {
            drop(state);
            return on_done(Err(error));
        }
        state.waiting.push(Entry { payload, item, on_done: Box::new(on_done) });
        drop(state);
        self.queue.wake.notify_one();
    }

    /// Why nothing is taken any more: [`Error::Poisoned`] after a failed sync, else [`Error::Closed`]; none while it is.
    pub fn refusal(&self) -> Option<Error> {
        self.queue.state.lock().refusal.clone()
    }

    /// Gives up the segments whose frames are all at or below `through`. Does not wait for commits, nor they for it.
    pub fn release(&self, through: u64) -> Result<(), Error> {
        self.pool.release(through)
    }

    /// Size of the segments that hold frames, or will, in bytes.
    pub fn bytes_on_disk(&self) -> u64 {
        self.pool.bytes_on_disk()
    }

    /// Takes nothing more, commits what waits, and ends the thread. Everything was acknowledged when this returns.
    pub fn stop(&self) {
        self.queue.close();
        if let Some(thread) = self.thread.lock().take() {
            // It ends by a panic only if `publish` or an `on_done` panicked, and that was reported where it happened.
            let _ = thread.join();
        }
    }
}

impl<T> Queue<T> {
    /// Everything that waits, as soon as something does; none once nothing will come any more.
    fn next_group(&self) -> Option<Vec<Entry<T>>> {
        let mut state = self.state.lock();
        while state.waiting.is_empty() {
            if state.refusal.is_some() {
                return None;
            }
            self.wake.wait(&mut state);
        }
        Some(std::mem::take(&mut state.waiting))
    }

    /// Takes nothing more. A log that is poisoned stays so.
    fn close(&self) {
        self.state.lock().refusal.get_or_insert(Error::Closed);
        self.wake.notify_one();
    }
}

/// Closes the queue when the thread ends, also by a panic: nobody waits for a commit that will not come.
struct CloseOnDrop<T>(Arc<Queue<T>>);

impl<T> Drop for CloseOnDrop<T> {
    fn drop(&mut self) {
        self.0.close();
        let left = std::mem::take(&mut self.0.state.lock().waiting);
        left.into_iter().for_each(|entry| (entry.on_done)(Err(Error::Closed)));
    }
}
