//! A throttle for lines that repeat: a full disk says so a few times, not once per request.
//!
//! Lines repeat if the same place in the program writes them. Per place and window so many are written; the others are
//! counted, and the next line of that place that is written is preceded by their number.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use parking_lot::Mutex;
use tracing::callsite::Identifier;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Lines that one place may write in a window. The agent's own figures: 5 in 10 s.
const LINES_PER_WINDOW: u64 = 5;

/// How long a window is.
const WINDOW: Duration = Duration::from_secs(10);

/// Formats events as `F` does, or not at all.
pub(crate) struct Throttled<F, C> {
    format: F,
    monotonic: C,
    /// By place. Places are in the text of the program, so there is no need for a bound.
    windows: Mutex<HashMap<Identifier, Window>>,
}

/// What one place has written lately.
#[derive(Debug, Default)]
struct Window {
    began: Duration,
    lines: u64,
}

/// What happens to a line.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// It is written; so many before it were not.
    Write { left_out: u64 },
    /// It is only counted.
    LeaveOut,
}

impl Window {
    fn line(&mut self, now: Duration) -> Verdict {
        let first = self.lines == 0;
        if first || now.saturating_sub(self.began) >= WINDOW {
            let left_out = self.lines.saturating_sub(LINES_PER_WINDOW);
            *self = Window { began: now, lines: 1 };
            return Verdict::Write { left_out };
        }
        self.lines += 1;
        if self.lines > LINES_PER_WINDOW { Verdict::LeaveOut } else { Verdict::Write { left_out: 0 } }
    }
}

impl<F, C: Fn() -> Duration> Throttled<F, C> {
    pub(crate) fn new(format: F, monotonic: C) -> Throttled<F, C> {
        Throttled { format, monotonic, windows: Mutex::default() }
    }
}

impl<S, N, F, C> FormatEvent<S, N> for Throttled<F, C>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
    C: Fn() -> Duration,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let place = event.metadata().callsite();
        let verdict = self.windows.lock().entry(place).or_default().line((self.monotonic)());
        match verdict {
            Verdict::LeaveOut => return Ok(()),
            Verdict::Write { left_out: 0 } => {}
            Verdict::Write { left_out } => writeln!(writer, "({left_out} lines like the next one were left out)")?,
        }
        self.format.format_event(context, writer, event)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use tracing_subscriber::fmt::format::Format;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_repeating_line_is_written_five_times_a_window_and_the_rest_counted() {
        let (lines, seconds) = (Lines::default(), Arc::new(AtomicU64::new(100)));
        let (writer, clock) = (lines.clone(), seconds.clone());
        let format = Throttled::new(Format::default().without_time(), move || {
            Duration::from_secs(clock.load(Ordering::Relaxed))
        });
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).event_format(format).finish();
        tracing::subscriber::with_default(subscriber, || {
            for n in 0..13 {
                // Lines 0 to 8 are in the first window, the others in the next.
                seconds.store(if n < 9 { 100 + n } else { 110 }, Ordering::Relaxed);
                tracing::warn!(n, "disk full");
                if n == 6 {
                    tracing::warn!("another line");
                }
            }
        });
        let text = String::from_utf8(lines.0.lock().clone()).unwrap();
        let seen: Vec<_> = text.lines().map(|line| line.rsplit("tests: ").next().unwrap()).collect();
        let expected = [
            "disk full n=0",
            "disk full n=1",
            "disk full n=2",
            "disk full n=3",
            "disk full n=4",
            "another line",
            "(4 lines like the next one were left out)",
            "disk full n=9",
            "disk full n=10",
            "disk full n=11",
            "disk full n=12",
        ];
        assert_eq!(seen, expected);
    }
}
