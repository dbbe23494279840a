//! The log with its thread, and the group without it.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use tracehound_platform::sim::SimFiles;
use tracehound_wal::{Entry, Error, Log, MAX_WAITING_ENTRIES, commit_group};

use crate::support::*;

/// What happened, in order: what was published, and how commits ended.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Event {
    Published(Vec<(u64, &'static str)>),
    Done(&'static str, Result<u64, Error>),
}

use Event::{Done, Published};

#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<Event>>>);

impl Events {
    fn add(&self, event: Event) {
        self.0.lock().unwrap().push(event);
    }

    fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    fn publisher(&self) -> impl FnMut(Vec<(u64, &'static str)>) + Send + 'static {
        let events = self.clone();
        move |items| events.add(Published(items))
    }

    fn on_done(&self, name: &'static str) -> impl FnOnce(Result<u64, Error>) + Send + 'static {
        let events = self.clone();
        move |result| events.add(Done(name, result))
    }

    /// A frame of `bytes` bytes under this name.
    fn entry(&self, name: &'static str, bytes: usize) -> Entry<&'static str> {
        Entry { payload: vec![1; bytes], item: name, on_done: Box::new(self.on_done(name)) }
    }
}

#[test]
fn a_group_is_published_whole_and_in_order_before_any_of_it_is_acknowledged() {
    let files = SimFiles::new();
    let (mut writer, ..) = open(&files, 0).unwrap();
    let events = Events::default();
    let group = ["a", "b", "c"].map(|name| events.entry(name, 10));
    commit_group(&mut writer, group.into(), &mut events.publisher());
    let published = Published(vec![(1, "a"), (2, "b"), (3, "c")]);
    assert_eq!(events.take(), [published, Done("a", Ok(1)), Done("b", Ok(2)), Done("c", Ok(3))]);
}

#[test]
fn a_frame_that_finds_no_room_fails_alone() {
    let files = SimFiles::new();
    let (mut writer, ..) = open(&files, 0).unwrap();
    files.set_capacity(1_024);
    let events = Events::default();
    let group = vec![events.entry("a", 10), events.entry("large", 2_000), events.entry("b", 10)];
    commit_group(&mut writer, group, &mut events.publisher());
    let published = Published(vec![(1, "a"), (2, "b")]);
    assert_eq!(events.take(), [Done("large", Err(Error::DiskFull)), published, Done("a", Ok(1)), Done("b", Ok(2))]);
}

#[test]
fn a_group_of_failures_publishes_nothing() {
    let files = SimFiles::new();
    let (mut writer, ..) = open(&files, 0).unwrap();
    files.set_capacity(0);
    let events = Events::default();
    commit_group(&mut writer, vec![events.entry("a", 10)], &mut events.publisher());
    assert_eq!(events.take(), [Done("a", Err(Error::DiskFull))]);
}

#[test]
fn a_failed_sync_fails_the_whole_group_and_publishes_nothing() {
    let files = SimFiles::new();
    let (mut writer, ..) = open(&files, 0).unwrap();
    let events = Events::default();
    commit(&mut writer, b"x").unwrap();
    files.fail_sync_after(0);
    let group = vec![events.entry("a", 10), events.entry("b", 10)];
    commit_group(&mut writer, group, &mut events.publisher());
    let failed = || {
        let path = segment_path(1);
        Err(Error::SyncFailed { path, message: "simulated failure of the disk".to_owned() })
    };
    assert_eq!(events.take(), [Done("a", failed()), Done("b", failed())]);
}

/// A log whose thread stands still in the publishing of each group until it is told to go on.
struct Held {
    log: Log<u32>,
    entered: Receiver<Vec<u64>>,
    go_on: SyncSender<()>,
}

fn held_log(files: &SimFiles) -> Held {
    let (writer, ..) = open(files, 0).unwrap();
    let (enter, entered) = sync_channel(100);
    let (go_on, wait) = sync_channel(100);
    let log = Log::start(writer, move |items: Vec<(u64, u32)>| {
        enter.send(items.iter().map(|(sequence, _)| *sequence).collect()).unwrap();
        wait.recv().unwrap();
    });
    Held { log: log.unwrap(), entered, go_on }
}

#[test]
fn what_arrives_during_a_commit_is_the_next_group() {
    let Held { log, entered, go_on } = held_log(&SimFiles::new());
    log.submit(vec![1], 0, |_| ());
    assert_eq!(entered.recv(), Ok(vec![1]));
    for _ in 0..3 {
        log.submit(vec![1], 0, |_| ());
    }
    go_on.send(()).unwrap();
    assert_eq!(entered.recv(), Ok(vec![2, 3, 4]));
    go_on.send(()).unwrap();
    log.stop();
}

#[test]
fn the_queue_has_an_end() {
    let Held { log, entered, go_on } = held_log(&SimFiles::new());
    log.submit(vec![1], 0, |_| ());
    entered.recv().unwrap();
    for _ in 0..MAX_WAITING_ENTRIES {
        log.submit(vec![1], 0, |result| assert!(result.is_ok()));
    }
    let (answer, answered) = sync_channel(1);
    log.submit(vec![1], 0, move |result| answer.send(result).unwrap());
    assert_eq!(answered.recv(), Ok(Err(Error::Busy { limit: MAX_WAITING_ENTRIES })));
    go_on.send(()).unwrap();
    go_on.send(()).unwrap();
    log.stop();
}

#[test]
fn stopping_commits_what_waits_and_refuses_the_rest() {
    let files = SimFiles::new();
    let events = Events::default();
    let log = Log::start(open(&files, 0).unwrap().0, events.publisher()).unwrap();
    for name in ["a", "b", "c"] {
        log.submit(name.into(), name, events.on_done(name));
    }
    log.stop();
    let done = |event: &Event| matches!(event, Done(_, Ok(_)));
    assert_eq!(events.take().into_iter().filter(done).count(), 3);
    log.submit(b"d".to_vec(), "d", events.on_done("d"));
    assert_eq!(events.take(), [Done("d", Err(Error::Closed))]);
    assert_eq!(log.refusal(), Some(Error::Closed));
    log.stop();
    assert_eq!(open(&files, 0).unwrap().2, numbered(&["a", "b", "c"]));
}

#[test]
fn a_poisoned_log_says_so_and_refuses_at_once() {
    let files = SimFiles::new();
    let events = Events::default();
    let (mut writer, ..) = open(&files, 0).unwrap();
    commit(&mut writer, b"x").unwrap();
    let log = Log::start(writer, events.publisher()).unwrap();
    files.fail_sync_after(0);
    log.submit(b"a".to_vec(), "a", events.on_done("a"));
    log.stop();
    assert_eq!(log.refusal(), Some(Error::Poisoned), "also once it was stopped");
    assert!(matches!(&*events.take(), [Done("a", Err(Error::SyncFailed { .. }))]));
    log.submit(b"b".to_vec(), "b", events.on_done("b"));
    assert_eq!(events.take(), [Done("b", Err(Error::Poisoned))]);
}

#[test]
fn segments_are_released_while_the_log_runs() {
    let files = SimFiles::new();
    let events = Events::default();
    let log = Log::start(open(&files, 0).unwrap().0, events.publisher()).unwrap();
    for _ in 0..10 {
        log.submit(vec![7; 200], "x", events.on_done("x"));
    }
    log.stop();
    assert_eq!(log.bytes_on_disk(), 3 * 1_024);
    log.release(8).unwrap();
    assert_eq!(log.bytes_on_disk(), 1_024);
}

#[test]
fn many_threads_get_numbers_in_the_order_of_publication() {
    const THREADS: u64 = 8;
    const EACH: u64 = 200;
    let files = SimFiles::new();
    let (writer, ..) = open(&files, 0).unwrap();
    let published = Arc::new(Mutex::new(Vec::new()));
    let publish = {
        let published = Arc::clone(&published);
        move |items: Vec<(u64, u64)>| published.lock().unwrap().extend(items)
    };
    let log = Log::start(writer, publish).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (log, published) = (&log, Arc::clone(&published));
            scope.spawn(move || {
                for number in 0..EACH {
                    let item = thread * EACH + number;
                    let (answer, answered) = sync_channel(1);
                    log.submit(item.to_le_bytes().to_vec(), item, move |result| answer.send(result).unwrap());
                    let sequence = answered.recv().unwrap().unwrap();
                    // Whoever was answered finds it published.
                    assert_eq!(published.lock().unwrap()[sequence as usize - 1], (sequence, item));
                }
            });
        }
    });
    log.stop();
    let published = published.lock().unwrap();
    let expected: Frames = published.iter().map(|(sequence, item)| (*sequence, item.to_le_bytes().to_vec())).collect();
    assert_eq!(open(&files, 0).unwrap().2, expected);
    assert_eq!(published.len() as u64, THREADS * EACH);
}

#[test]
fn a_publisher_that_panics_leaves_nobody_waiting() {
    let (writer, ..) = open(&SimFiles::new(), 0).unwrap();
    let log = Log::start(writer, |_: Vec<(u64, u32)>| panic!("the publisher of this test")).unwrap();
    let (answer, answered) = sync_channel::<()>(1);
    log.submit(vec![1], 0, move |_| drop(answer));
    assert!(answered.recv().is_err(), "the waiter hears that nobody will answer");
    log.stop();
    let (answer, answered) = sync_channel(1);
    log.submit(vec![1], 0, move |result| answer.send(result).unwrap());
    assert_eq!(answered.recv(), Ok(Err(Error::Closed)));
}
