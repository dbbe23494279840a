//! Answers of any length in little memory: a thread writes them, and the connection takes them block by block.
//!
//! A trace can stand for far more text than it takes in memory, where its spans share their strings. So its JSON is never
//! there as a whole. The thread waits while the other side reads; an answer that is not taken to its end, or not in time,
//! is cut off, which HTTP lets the reader see.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body::Frame;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::spawn_blocking;
use tokio::time::{Sleep, sleep};

/// Large enough that passing one on costs nothing beside writing it.
const BLOCK_BYTES: usize = 1024 * 1024;

/// How many blocks may wait for the other side, with which most answers are complete at once.
const WAITING_BLOCKS: usize = 4;

/// Longest time for an answer to be taken. Meanwhile it holds what it reads from, and the turn of other questions.
const TAKEN_WITHIN: Duration = Duration::from_secs(60);

/// A body that `write` writes, on a thread that may block.
pub(crate) fn body(write: impl FnOnce(&mut BlockWriter) -> io::Result<()> + Send + 'static) -> Body {
    body_within(TAKEN_WITHIN, write)
}

fn body_within(limit: Duration, write: impl FnOnce(&mut BlockWriter) -> io::Result<()> + Send + 'static) -> Body {
    let (sender, blocks) = channel(WAITING_BLOCKS);
    let too_late = Box::pin(sleep(limit));
    let mut writer =
        BlockWriter { block: Vec::with_capacity(BLOCK_BYTES), sender, too_late, runtime: Handle::current() };
    spawn_blocking(move || {
        if let Err(error) = write(&mut writer).and_then(|()| writer.finish()) {
            tracing::debug!(%error, "an answer was cut off");
        }
    });
    Body::new(Blocks(blocks))
}

/// Takes the bytes of an answer.
pub(crate) struct BlockWriter {
    block: Vec<u8>,
    /// Blocks, and none when the answer is complete.
    sender: Sender<Option<Bytes>>,
    too_late: Pin<Box<Sleep>>,
    runtime: Handle,
}

impl BlockWriter {
    fn finish(&mut self) -> io::Result<()> {
        self.flush()?;
        self.send(None)
    }

    fn send(&mut self, block: Option<Bytes>) -> io::Result<()> {
        let (sender, too_late) = (&self.sender, &mut self.too_late);
        self.runtime.block_on(async {
            tokio::select! {
                sent = sender.send(block) => sent.map_err(|_| io::ErrorKind::BrokenPipe.into()),
                () = too_late => Err(io::ErrorKind::TimedOut.into()),
            }
        })
    }
}

impl Write for BlockWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(BLOCK_BYTES - self.block.len());
        self.block.extend_from_slice(&bytes[..taken]);
        if self.block.len() == BLOCK_BYTES {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let block = std::mem::replace(&mut self.block, Vec::with_capacity(BLOCK_BYTES));
        self.send(Some(block.into()))
    }
}

/// The other end: what the connection takes.
struct Blocks(Receiver<Option<Bytes>>);

impl HttpBody for Blocks {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(cx).map(|next| match next {
            Some(Some(block)) => Some(Ok(Frame::data(block))),
            Some(None) => None,
            // The writer is gone and has not said that this was all.
            None => Some(Err(io::ErrorKind::UnexpectedEof.into())),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;

    /// As many bytes as cannot wait.
    const LONG: usize = (WAITING_BLOCKS + 3) * BLOCK_BYTES + 5;

    #[tokio::test]
    async fn what_is_written_arrives() {
        for length in [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, LONG] {
            let written: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
            let bytes = written.clone();
            let body = body(move |out| out.write_all(&bytes));
            assert!(axum::body::to_bytes(body, usize::MAX).await.unwrap() == written, "{length} bytes");
        }
    }

    #[tokio::test]
    async fn an_answer_whose_writer_fails_does_not_seem_complete() {
        let failing = body(|out| out.write_all(b"{\"spans\":[").and(Err(io::ErrorKind::Other.into())));
        assert!(axum::body::to_bytes(failing, usize::MAX).await.is_err());
        let panicking = body(|_| panic!("a bug"));
        assert!(axum::body::to_bytes(panicking, usize::MAX).await.is_err());
    }

    #[tokio::test]
    async fn a_writer_stops_when_nobody_reads() {
        let (ended, end) = sync_channel(1);
        let body = body(move |out| {
            let written = out.write_all(&vec![0; LONG]);
            ended.send(written.as_ref().err().map(io::Error::kind)).unwrap();
            written
        });
        drop(body);
        let end = spawn_blocking(move || end.recv().unwrap()).await.unwrap();
        assert_eq!(end, Some(io::ErrorKind::BrokenPipe));
    }

    #[tokio::test]
    async fn an_answer_that_is_not_taken_in_time_is_cut_off() {
        let (ended, mut end) = channel(1);
        let body = body_within(Duration::from_millis(20), move |out| {
            let written = out.write_all(&vec![0; LONG]);
            ended.blocking_send(written.as_ref().err().map(io::Error::kind)).unwrap();
            written
        });
        assert_eq!(end.recv().await.unwrap(), Some(io::ErrorKind::TimedOut));
        assert!(axum::body::to_bytes(body, usize::MAX).await.is_err());
    }
}
