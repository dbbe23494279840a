//! Waiting for spans that end when others like: a server's, after its client has the answer.

use std::future::poll_fn;
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use super::{InMemory, Traces};

/// What a machine that is busy with other tests may take. Nobody waits that long but for spans that never come.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often it is looked.
const PAUSE: Duration = Duration::from_millis(1);

impl InMemory {
    /// Takes out what was sent, once there are so many spans. After ten seconds it gives what there is.
    ///
    /// It needs no particular runtime.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let memory = tracehound::testing::InMemory::default();
    /// let span = memory.tracer().span("work").start();
    /// tokio::spawn(async move { span.finish() });
    /// assert_eq!(memory.wait_for(1).await.spans()[0].name, "work");
    /// # }
    /// ```
    pub async fn wait_for(&self, spans: usize) -> Traces {
        let deadline = Instant::now() + PATIENCE;
        let mut sent = Traces::default();
        poll_fn(|task| {
            sent.chunks.append(&mut self.take().chunks);
            if sent.chunks.iter().map(Vec::len).sum::<usize>() >= spans || Instant::now() >= deadline {
                return Poll::Ready(std::mem::take(&mut sent));
            }
            wake_soon(task.waker().clone());
            Poll::Pending
        })
        .await
    }
}

fn wake_soon(waker: Waker) {
    let later = waker.clone();
    let timer = thread::Builder::new().spawn(move || {
        thread::sleep(PAUSE);
        later.wake();
    });
    if timer.is_err() {
        waker.wake();
    }
}
