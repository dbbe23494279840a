//! Child processes: asking them to end, waiting for it, and what they used.

use std::fs;
use std::io;
use std::process::{Child, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Between two looks at a process.
const PAUSE: Duration = Duration::from_millis(5);

/// Asks a child to end, as a service manager does.
pub fn terminate(child: &Child) -> io::Result<()> {
    Ok(kill_process(Pid::from_child(child), Signal::TERM)?)
}

/// Asks a child to end, as Ctrl-C does.
pub fn interrupt(child: &Child) -> io::Result<()> {
    Ok(kill_process(Pid::from_child(child), Signal::INT)?)
}

/// Waits until a child has ended by itself. One that has not within `patience` is killed, and that is an error.
pub fn wait_for_exit(child: &mut Child, patience: Duration) -> io::Result<ExitStatus> {
    let begun = Instant::now();
    while begun.elapsed() < patience {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        thread::sleep(PAUSE);
    }
    child.kill()?;
    child.wait()?;
    Err(io::Error::new(io::ErrorKind::TimedOut, format!("still running {patience:?} after it was asked to end")))
}

/// What a process has used since it began.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Time on a processor, its own and the kernel's for it.
    pub cpu: Duration,
    /// The most memory it has had in RAM at once, in bytes.
    pub peak_memory: u64,
    /// The memory it has in RAM now, in bytes.
    pub memory: u64,
}

impl Usage {
    /// Of a running process.
    pub fn of(child: &Child) -> io::Result<Usage> {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id()))?;
        let (cpu, _) = read_stat(child)?;
        Ok(Usage { cpu, peak_memory: status_bytes(&status, "VmHWM:"), memory: status_bytes(&status, "VmRSS:") })
    }

    /// Of a process that is about to end, up to its very end. Returns how it ended as well.
    ///
    /// Memory is looked at every few milliseconds, because a process that has ended has none; processor time is kept by the
    /// kernel until somebody has asked how the process ended.
    pub fn until_exit(child: &mut Child, patience: Duration) -> io::Result<(Usage, ExitStatus)> {
        let begun = Instant::now();
        let mut usage = Usage::of(child)?;
        while begun.elapsed() < patience {
            let (cpu, ended) = read_stat(child)?;
            if ended {
                usage.cpu = cpu;
                return Ok((usage, child.wait()?));
            }
            let now = Usage::of(child)?;
            // The two files are read one after the other; at the very end the second may be without memory already.
            usage.peak_memory = usage.peak_memory.max(now.peak_memory);
            usage.memory = now.memory;
            thread::sleep(PAUSE);
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, format!("still running after {patience:?}")))
    }
}

/// Processor time so far, and whether the process has ended but was not waited for.
fn read_stat(child: &Child) -> io::Result<(Duration, bool)> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id()))?;
    parse_stat(&stat).ok_or_else(|| io::Error::other(format!("unreadable /proc/{}/stat: {stat:?}", child.id())))
}

/// Source: proc_pid_stat(5): `pid (name) state …`, user and system time in ticks are fields 14 and 15.
fn parse_stat(stat: &str) -> Option<(Duration, bool)> {
    // A name may hold anything, spaces and brackets too.
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    let milliseconds = ticks * 1_000 / rustix::param::clock_ticks_per_second();
    Some((Duration::from_millis(milliseconds), fields.first() == Some(&"Z")))
}

/// A size of /proc/pid/status, in bytes; 0 if it is not there.
fn status_bytes(status: &str, key: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let kibibytes = line.and_then(|rest| rest.trim().strip_suffix(" kB")).and_then(|number| number.parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1_024
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_stat_line_is_read_whatever_the_name() {
        let stat = "7 (a) b (c) Z 1 7 7 0 -1 4194560 120 0 0 0 250 50 0 0 20 0 8 0 4711 0 0";
        assert_eq!(parse_stat(stat), Some((Duration::from_secs(3), true)));
        assert_eq!(parse_stat("7 (a) R 1"), None);
    }

    #[test]
    fn sizes_are_bytes_and_missing_ones_zero() {
        let status = "Name:\ta\nVmHWM:\t    2048 kB\nVmRSS:\t     10 kB\n";
        assert_eq!((status_bytes(status, "VmHWM:"), status_bytes(status, "VmSwap:")), (2 << 20, 0));
    }

    #[test]
    fn the_usage_of_a_process_is_known_after_its_end() {
        let count = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
        let mut child = Command::new("sh").args(["-c", count]).spawn().unwrap();
        let (usage, status) = Usage::until_exit(&mut child, Duration::from_secs(60)).unwrap();
        assert!(status.success());
        assert!(usage.cpu > Duration::ZERO && usage.peak_memory > 100_000, "{usage:?}");
    }

    #[test]
    fn a_child_that_does_not_end_is_killed_and_reported() {
        let mut child = Command::new("sleep").arg("1000").stdin(Stdio::null()).spawn().unwrap();
        let error = wait_for_exit(&mut child, Duration::from_millis(20)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(child.try_wait().unwrap().is_some());
    }
}
