//! What stands at the end: a line per part, then the counts.

use std::fmt;
use std::time::Duration;

use crate::outcome::Problem;

/// How all parts went so far.
pub(crate) struct Summary {
    allow_missing: bool,
    lines: Vec<Line>,
}

struct Line {
    name: &'static str,
    took: Duration,
    verdict: Verdict,
    why: Option<Problem>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passed,
    Failed,
    Skipped,
}

impl Summary {
    /// Of no part. `allow_missing`: a part that could not run is skipped, not failed.
    pub(crate) fn new(allow_missing: bool) -> Summary {
        Summary { allow_missing, lines: Vec::new() }
    }

    /// Takes down how one part went.
    pub(crate) fn add(&mut self, name: &'static str, took: Duration, result: Result<(), Problem>) {
        let verdict = match &result {
            Ok(()) => Verdict::Passed,
            Err(Problem::Absent(_)) => Verdict::Skipped,
            Err(Problem::Missing(_)) if self.allow_missing => Verdict::Skipped,
            Err(Problem::Failed(_) | Problem::Missing(_)) => Verdict::Failed,
        };
        self.lines.push(Line { name, took, verdict, why: result.err() });
    }

    /// Whether nothing failed.
    pub(crate) fn is_good(&self) -> bool {
        self.count(Verdict::Failed) == 0
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.lines.iter().filter(|line| line.verdict == verdict).count()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            let verdict = match line.verdict {
                Verdict::Passed => "passed",
                Verdict::Failed => "FAILED",
                Verdict::Skipped => "skipped",
            };
            write!(f, "{:<10} {verdict:<7} {:>7.1} s", line.name, line.took.as_secs_f64())?;
            if let Some(why) = &line.why {
                // What a part said at length stands above, where it ran.
                let why = why.to_string();
                write!(f, "   {}", why.lines().next().unwrap_or_default())?;
            }
            writeln!(f)?;
        }
        let [passed, failed, skipped] = [Verdict::Passed, Verdict::Failed, Verdict::Skipped].map(|v| self.count(v));
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(allow_missing: bool) -> Summary {
        let mut summary = Summary::new(allow_missing);
        summary.add("tidy", Duration::from_millis(1_250), Ok(()));
        summary.add("captures", Duration::ZERO, Err(Problem::Absent("no folder".into())));
        summary.add("browser", Duration::ZERO, Err(Problem::Missing("apt-get install chromium\nas root".into())));
        summary
    }

    #[test]
    fn what_could_not_run_fails_unless_that_is_allowed() {
        for (allow_missing, good, last) in
            [(false, false, "1 passed, 1 failed, 1 skipped"), (true, true, "1 passed, 0 failed, 2 skipped")]
        {
            let summary = summary(allow_missing);
            assert_eq!(summary.is_good(), good);
            assert_eq!(summary.to_string().lines().last(), Some(last));
        }
    }

    #[test]
    fn every_part_has_a_line_with_its_time_and_its_reason() {
        let expected = "\
tidy       passed      1.2 s
captures   skipped     0.0 s   skipped: no folder
browser    FAILED      0.0 s   could not run: apt-get install chromium
1 passed, 1 failed, 1 skipped";
        assert_eq!(summary(false).to_string(), expected);
    }
}
