//! Where a span's data sits: a cell that handles share and that the next span of the thread uses again.
//!
//! A handle is a counted reference. The last one to go hands the cell to a free list of its thread instead of to the allocator, so that
//! a program in its stride starts and ends spans without allocating. When two threads let go of the last two handles at once neither
//! sees itself as the last, and the cell is freed the usual way.

use std::cell::RefCell;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use crate::span::state::State;
use crate::sync::{self, AtomicBool, Mutex, MutexGuard};
use crate::trace::Trace;

/// Free cells that one thread keeps: enough for a trace of a few hundred spans, at about 1 KiB each.
const MAX_FREE: usize = 512;

#[derive(Debug, Default)]
pub(crate) struct Cell {
    pub(crate) span_id: u64,
    pub(crate) parent_id: u64,
    /// The parent is of another process, or there is none.
    pub(crate) is_local_root: bool,
    pub(crate) start_ns: u64,
    trace: Option<Arc<Trace>>,
    /// The span has something that children inherit, so that they have to look.
    pub(crate) has_heritage: AtomicBool,
    state: Mutex<State>,
}

impl Cell {
    /// The span's data. Lock order: the trace first, then a cell; two cells only under the lock of the trace that they are of.
    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[inline]
    pub(crate) fn trace(&self) -> Option<&Arc<Trace>> {
        self.trace.as_ref()
    }

    pub(crate) fn bequeath(&self) {
        self.has_heritage.store(true, Ordering::Release);
    }

    #[inline(always)]
    fn begin(&mut self, birth: Birth, fill: impl FnOnce(&mut State)) {
        self.span_id = birth.span_id;
        self.parent_id = birth.parent_id;
        self.is_local_root = birth.is_local_root;
        self.start_ns = birth.start_ns;
        self.trace = Some(birth.trace);
        fill(self.state.get_mut().unwrap_or_else(PoisonError::into_inner));
    }

    fn recycle(&mut self) -> Option<Arc<Trace>> {
        self.has_heritage = AtomicBool::new(false);
        self.state.get_mut().unwrap_or_else(PoisonError::into_inner).recycle();
        self.trace.take()
    }
}

/// What is fixed about a span when it starts.
pub(crate) struct Birth {
    pub(crate) span_id: u64,
    pub(crate) parent_id: u64,
    pub(crate) is_local_root: bool,
    pub(crate) start_ns: u64,
    pub(crate) trace: Arc<Trace>,
}

thread_local! {
    static FREE: RefCell<Vec<Arc<Cell>>> = const { RefCell::new(Vec::new()) };
}

/// A cell for a new span, filled in by `fill`.
#[inline]
pub(crate) fn take(birth: Birth, fill: impl FnOnce(&mut State)) -> Option<Arc<Cell>> {
    let free = FREE.try_with(|free| free.try_borrow_mut().ok().and_then(|mut free| free.pop())).ok().flatten();
    let mut cell = free.unwrap_or_default();
    // It always is there: neither a fresh cell nor one from the list has another handle.
    Arc::get_mut(&mut cell)?.begin(birth, fill);
    Some(cell)
}

/// Puts the cell of a last handle on the thread's free list. It is an option as it comes out of the handle, which need not look into it.
#[inline(never)]
pub(crate) fn recycle(cell: Option<Arc<Cell>>) {
    sync::step();
    let Some(mut cell) = cell else { return };
    let Some(inside) = Arc::get_mut(&mut cell) else { return };
    let trace = inside.recycle();
    let _ = FREE.try_with(|free| {
        if let Ok(mut free) = free.try_borrow_mut() {
            if free.len() < MAX_FREE {
                free.push(cell);
            }
        }
    });
    // After the list is free again: a trace may hold the last handles of other spans.
    drop(trace);
}
