//! What a load has shown, for people.

use std::fmt;
use std::time::Duration;

use tracehound_testkit::Usage;

use super::sender::Sent;

/// How many spans a CPU-second must take at least: a third more than the vendor's agent, which keeps nothing, does of v0.5.
const ASKED_SPANS_PER_CPU_SECOND: f64 = 100_000.0;

/// What the server may have in RAM at most.
const ASKED_PEAK_BYTES: u64 = 256 << 20;

/// All figures of one load.
pub(crate) struct Figures {
    /// Format, build.
    pub(crate) title: String,
    /// What the senders saw.
    pub(crate) sent: Sent,
    /// From the first request to the last answer.
    pub(crate) wall: Duration,
    /// From SIGTERM to the end, the last flush in it.
    pub(crate) stop: Duration,
    /// What the server used from its start to its end.
    pub(crate) usage: Usage,
    /// Bytes of the data directory after the end.
    pub(crate) disk_bytes: u64,
    /// Bytes of the parts among them; most of the rest is files of the log that wait to be used again.
    pub(crate) part_bytes: u64,
    /// Sampled traces that a new start found whole.
    pub(crate) whole: usize,
}

impl Figures {
    /// Whether every sampled trace is whole, and the cost what is asked at most.
    pub(crate) fn is_good(&self) -> bool {
        self.whole == self.sent.sample.len()
            && self.spans_per_cpu_second() >= ASKED_SPANS_PER_CPU_SECOND
            && self.usage.peak_memory <= ASKED_PEAK_BYTES
    }

    fn spans_per_cpu_second(&self) -> f64 {
        self.sent.spans as f64 / self.usage.cpu.as_secs_f64()
    }

    /// Latency below which this part of the answers came, in milliseconds.
    fn percentile_ms(&self, part: f64) -> f64 {
        let mut sorted = self.sent.latencies_us.clone();
        sorted.sort_unstable();
        let place = (sorted.len() as f64 * part) as usize;
        sorted.get(place.min(sorted.len().saturating_sub(1))).map_or(0.0, |&us| us as f64 / 1e3)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figures { sent, usage, .. } = self;
        let spans = sent.spans as f64;
        let seconds = |time: Duration| format!("{:.2} s", time.as_secs_f64());
        let mebibytes = |bytes: u64| format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20));
        let [p50, p99] = [0.5, 0.99].map(|part| self.percentile_ms(part));
        let cost =
            format!("{:.0} spans per CPU-second, asked {ASKED_SPANS_PER_CPU_SECOND}", self.spans_per_cpu_second());
        let rate = format!("{:.0} spans per second", spans / self.wall.as_secs_f64());
        let rows = [
            (
                "spans acknowledged",
                sent.spans.to_string(),
                format!("{:.0} bytes of body each", sent.bytes as f64 / spans),
            ),
            ("server CPU, all flushed", seconds(usage.cpu), cost),
            ("wall clock", seconds(self.wall), rate),
            ("stop, with last flush", seconds(self.stop), String::new()),
            ("peak memory", mebibytes(usage.peak_memory), format!("asked {}", mebibytes(ASKED_PEAK_BYTES))),
            (
                "parts on disk",
                mebibytes(self.part_bytes),
                format!("{:.1} bytes per span", self.part_bytes as f64 / spans),
            ),
            ("everything on disk", mebibytes(self.disk_bytes), String::new()),
            ("body to 200, p50", format!("{p50:.1} ms"), format!("p99 {p99:.1} ms")),
            ("refused, sent again", sent.refused.to_string(), String::new()),
            ("found after a restart", self.whole.to_string(), format!("of {} sampled traces", sent.sample.len())),
        ];
        write!(f, "{}", self.title)?;
        rows.iter().try_for_each(|(what, value, note)| {
            let row = format!("  {what:<23} {value:>12}   {note}");
            write!(f, "\n{}", row.trim_end())
        })?;
        write!(f, "\n{}", if self.is_good() { "passed" } else { "FAILED" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures() -> Figures {
        Figures {
            title: "load".into(),
            sent: Sent {
                spans: 1_000,
                latencies_us: (1..=100).map(|i| i * 1_000).collect(),
                refused: 2,
                bytes: 500_000,
                sample: vec![(1, 1)],
            },
            wall: Duration::from_secs(2),
            stop: Duration::from_millis(300),
            usage: Usage { cpu: Duration::from_millis(5), peak_memory: 3 << 20, memory: 0 },
            disk_bytes: 3 << 20,
            part_bytes: 1 << 20,
            whole: 1,
        }
    }

    #[test]
    fn a_report_has_every_figure_with_its_unit_and_a_verdict() {
        let expected = "\
load
  spans acknowledged              1000   500 bytes of body each
  server CPU, all flushed       0.01 s   200000 spans per CPU-second, asked 100000
  wall clock                    2.00 s   500 spans per second
  stop, with last flush         0.30 s
  peak memory                  3.0 MiB   asked 256.0 MiB
  parts on disk                1.0 MiB   1048.6 bytes per span
  everything on disk           3.0 MiB
  body to 200, p50             51.0 ms   p99 100.0 ms
  refused, sent again                2
  found after a restart              1   of 1 sampled traces
passed";
        assert_eq!(figures().to_string(), expected);
    }

    #[test]
    fn a_lost_trace_a_dear_span_and_much_memory_fail() {
        for worse in [
            Figures { whole: 0, ..figures() },
            Figures { usage: Usage { cpu: Duration::from_millis(11), ..figures().usage }, ..figures() },
            Figures { usage: Usage { peak_memory: ASKED_PEAK_BYTES + 1, ..figures().usage }, ..figures() },
        ] {
            assert!(!worse.is_good(), "{worse}");
        }
    }
}
