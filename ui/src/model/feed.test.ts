import { describe, expect, test } from "vitest";
import type { TracePage, TraceRow } from "../api/traces.ts";
import { appendToFeed, MOST_ROWS, refreshFeed, showWaiting, startFeed, waitingCount, type Feed } from "./feed.ts";

function row(start: number, spans = 1): TraceRow {
  return {
    trace_id: String(start).padStart(32, "0"),
    start: BigInt(start),
    duration: 1n,
    root: { span_id: "1", service: "web", name: "request", resource: "/", type: "web" },
    http_status: null,
    spans,
    errors: 0,
    services: ["web"],
  };
}

const page = (starts: readonly number[], next: string | null = null): TracePage => ({
  traces: starts.map((start) => row(start)),
  next,
});
const starts = (feed: Feed): number[] => feed.rows.map((shown) => Number(shown.start));

describe("new traces", () => {
  test("are shown at once while nobody reads", () => {
    const feed = refreshFeed(startFeed(page([3, 2, 1])), page([5, 4, 3]), false);
    expect(starts(feed)).toEqual([5, 4, 3, 2, 1]);
  });

  test("wait while somebody reads, and stand in their place when asked for", () => {
    const feed = refreshFeed(startFeed(page([6, 2, 1])), page([8, 6, 4]), true);
    expect(starts(feed)).toEqual([6, 2, 1]);
    expect(waitingCount(feed)).toEqual({ count: 2, more: false });
    expect(starts(showWaiting(feed))).toEqual([8, 6, 4, 2, 1]);
  });

  test("keep waiting over several looks, counted once each", () => {
    const once = refreshFeed(startFeed(page([1])), page([2, 1]), true);
    expect(waitingCount(refreshFeed(once, page([3, 2, 1]), true)).count).toBe(2);
  });

  test("appear in a list that was empty", () => {
    expect(starts(refreshFeed(startFeed(page([])), page([2, 1], "more"), false))).toEqual([2, 1]);
  });
});

describe("a trace that grows", () => {
  const grown: TracePage = { traces: [row(2, 41), row(1)], next: null };

  test("is updated in place, even while somebody reads", () => {
    const feed = refreshFeed(startFeed(page([2, 1])), grown, true);
    expect(feed.rows.map((shown) => shown.spans)).toEqual([41, 1]);
    expect(waitingCount(feed).count).toBe(0);
  });

  test("leaves the rows that did not change the same objects", () => {
    const before = startFeed(page([2, 1]));
    expect(refreshFeed(before, grown, true).rows[1]).toBe(before.rows[1]);
  });
});

test("a look that brings nothing new gives the same feed", () => {
  const feed = startFeed(page([2, 1]));
  expect(refreshFeed(feed, page([2, 1]), false)).toBe(feed);
});

describe("more new traces than one page holds", () => {
  test("start the list anew, because what lies between is unknown", () => {
    const feed = refreshFeed(startFeed(page([2, 1])), page([9, 8], "after 8"), false);
    expect(starts(feed)).toEqual([9, 8]);
    expect(feed.next).toBe("after 8");
  });

  test("leave the rows being read alone until their reader asks", () => {
    const feed = refreshFeed(startFeed(page([2, 1])), page([9, 8], "after 8"), true);
    expect(starts(feed)).toEqual([2, 1]);
    expect(waitingCount(feed)).toEqual({ count: 2, more: true });
    const latest = refreshFeed(feed, page([11, 10], "after 10"), true);
    expect(starts(showWaiting(latest))).toEqual([11, 10]);
  });
});

test("an unwatched list does not grow without end", () => {
  const full = startFeed(page(Array.from({ length: MOST_ROWS }, (_, i) => MOST_ROWS - i)));
  const feed = refreshFeed(full, page([MOST_ROWS + 1, MOST_ROWS], "older"), false);
  expect(feed.rows.length).toBe(2);
});

test("older traces go to the end, and one that is there already is not added twice", () => {
  const feed = appendToFeed(startFeed(page([5, 4], "after 4")), page([4, 3], "after 3"));
  expect(starts(feed)).toEqual([5, 4, 3]);
  expect(feed.next).toBe("after 3");
});
