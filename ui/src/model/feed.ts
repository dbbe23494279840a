// The list of newest traces as it grows while somebody reads it.
//
// The newest page is asked for again and again. Rows that are known are updated in place; new ones are shown at once,
// or wait
// while somebody reads, so that nothing moves under their eyes. Where more came between two looks than fits one page,
// the rows
// in between are unknown: the list then starts anew from the latest page, when its reader asks for it.

import type { TracePage, TraceRow } from "../api/traces.ts";

export interface Feed {
  /** What is on the screen, newest first. */
  readonly rows: readonly TraceRow[];
  /** Cursor of what is older than `rows`; null at the end. */
  readonly next: string | null;
  /** New rows held back while somebody reads, newest first. */
  readonly waiting: readonly TraceRow[];
  /** The page to start anew from, where `waiting` could not keep up. */
  readonly restart: TracePage | null;
}

/**
 * Rows that may wait, or pile up at the top of an unwatched list, before it starts anew: a few screens, and little
 * memory.
 */
export const MOST_ROWS = 2_000;

export function startFeed(page: TracePage): Feed {
  return { rows: page.traces, next: page.next, waiting: [], restart: null };
}

/** Takes in the newest page. `reading` holds new rows back. Gives the same feed where nothing changed. */
export function refreshFeed(feed: Feed, page: TracePage, reading: boolean): Feed {
  const updated = updateKnown(feed, page);
  const known = new Set([...updated.rows, ...updated.waiting].map((row) => row.trace_id));
  const fresh = page.traces.filter((row) => !known.has(row.trace_id));
  if (updated.restart !== null || leavesGap(updated, page, fresh))
    return reading ? { ...updated, restart: page } : startFeed(page);
  if (fresh.length === 0) return updated;
  const waiting = [...fresh, ...updated.waiting].toSorted(newestFirst);
  return reading ? { ...updated, waiting } : showWaiting({ ...updated, waiting });
}

/**
 * Adds the page that `feed.next` asked for. A row that is there already, because it moved meanwhile, is not added
 * twice.
 */
export function appendToFeed(feed: Feed, page: TracePage): Feed {
  const known = new Set(feed.rows.map((row) => row.trace_id));
  const older = page.traces.filter((row) => !known.has(row.trace_id));
  const waiting = feed.waiting.filter((row) => !older.some((other) => other.trace_id === row.trace_id));
  return { ...feed, rows: [...feed.rows, ...older], next: page.next, waiting };
}

/** Puts what waited on the screen. */
export function showWaiting(feed: Feed): Feed {
  if (feed.restart !== null) return startFeed(feed.restart);
  if (feed.waiting.length === 0) return feed;
  return { ...feed, rows: [...feed.rows, ...feed.waiting].toSorted(newestFirst), waiting: [] };
}

/** How many rows wait: a number, and whether there are more than it says. */
export function waitingCount({ waiting, restart }: Feed): { readonly count: number; readonly more: boolean } {
  return restart === null
    ? { count: waiting.length, more: false }
    : { count: Math.max(waiting.length, restart.traces.length), more: true };
}

/**
 * Whether the page does not reach back to a row that we have, although there is more behind it; or too much has piled
 * up.
 */
function leavesGap(feed: Feed, page: TracePage, fresh: readonly TraceRow[]): boolean {
  if (feed.rows.length + feed.waiting.length === 0) return false;
  const disconnected = fresh.length === page.traces.length && fresh.length > 0 && page.next !== null;
  return disconnected || (fresh.length > 0 && feed.rows.length + feed.waiting.length >= MOST_ROWS);
}

function updateKnown(feed: Feed, page: TracePage): Feed {
  const latest = new Map(page.traces.map((row) => [row.trace_id, row]));
  const rows = updateRows(feed.rows, latest);
  const waiting = updateRows(feed.waiting, latest);
  return rows === feed.rows && waiting === feed.waiting ? feed : { ...feed, rows, waiting };
}

function updateRows(rows: readonly TraceRow[], latest: ReadonlyMap<string, TraceRow>): readonly TraceRow[] {
  let changed = false;
  const out = rows.map((row) => {
    const newer = latest.get(row.trace_id);
    if (newer === undefined || sameRow(row, newer)) return row;
    changed = true;
    return newer;
  });
  return changed ? out : rows;
}

function sameRow(one: TraceRow, other: TraceRow): boolean {
  return (
    one.spans === other.spans &&
    one.errors === other.errors &&
    one.start === other.start &&
    one.duration === other.duration &&
    one.http_status === other.http_status &&
    one.root.span_id === other.root.span_id
  );
}

/** The server's own order: by start, then by id. */
function newestFirst(one: TraceRow, other: TraceRow): number {
  if (one.start !== other.start) return one.start > other.start ? -1 : 1;
  if (one.trace_id === other.trace_id) return 0;
  return one.trace_id > other.trace_id ? -1 : 1;
}
