//! What a load has shown, for people.

use std::fmt;
use std::time::Duration;

use tracehound_testkit::Usage;

use super::sender::Sent;

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
    /// Sampled traces that a new start found whole.
    pub(crate) whole: usize,
}

impl Figures {
    /// Whether every sampled trace is whole.
    pub(crate) fn is_good(&self) -> bool {
        self.whole == self.sent.sample.len()
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
        let (wall, cpu) = (self.wall.as_secs_f64(), usage.cpu.as_secs_f64());
        let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        writeln!(f, "{}", self.title)?;
        writeln!(
            f,
            "  spans acknowledged       {:>12}   {:.0} bytes of body each",
            sent.spans,
            sent.bytes as f64 / spans
        )?;
        writeln!(f, "  server CPU, all flushed  {cpu:>10.2} s   {:.0} spans per CPU-second", spans / cpu)?;
        writeln!(f, "  wall clock               {wall:>10.2} s   {:.0} spans per second", spans / wall)?;
        writeln!(f, "  stop, with last flush    {:>10.2} s", self.stop.as_secs_f64())?;
        writeln!(f, "  peak memory              {:>8.1} MiB", mebibytes(usage.peak_memory))?;
        writeln!(
            f,
            "  on disk                  {:>8.1} MiB   {:.1} bytes per span",
            mebibytes(self.disk_bytes),
            self.disk_bytes as f64 / spans
        )?;
        let [p50, p99] = [0.5, 0.99].map(|part| self.percentile_ms(part));
        writeln!(
            f,
            "  body to 200              {p50:>9.1} ms   p50; p99 {p99:.1} ms; {} refused and sent again",
            sent.refused
        )?;
        write!(f, "  found after a restart    {:>12}   of {} sampled traces whole", self.whole, sent.sample.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_every_figure_with_its_unit() {
        let figures = Figures {
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
            usage: Usage { cpu: Duration::from_millis(500), peak_memory: 3 << 20, memory: 0 },
            disk_bytes: 1 << 20,
            whole: 1,
        };
        let expected = "\
load
  spans acknowledged               1000   500 bytes of body each
  server CPU, all flushed        0.50 s   2000 spans per CPU-second
  wall clock                     2.00 s   500 spans per second
  stop, with last flush          0.30 s
  peak memory                   3.0 MiB
  on disk                       1.0 MiB   1048.6 bytes per span
  body to 200                   51.0 ms   p50; p99 100.0 ms; 2 refused and sent again
  found after a restart               1   of 1 sampled traces whole";
        assert_eq!(figures.to_string(), expected);
        assert!(figures.is_good());
    }
}
