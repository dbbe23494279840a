// From spans in a row to rectangles on a screen: what is too narrow to be seen is joined with its neighbours, so that a
// row never costs more rectangles than it has pixels.

import type { TimeWindow } from "../base/window.ts";
import type { TraceNode } from "../model/trace.ts";

/** A rectangle of a row; `x` and `width` in pixels from the left edge of the window, cut at its edges. */
export interface Bar {
  readonly x: number;
  readonly width: number;
  /** The span, or the longest of those joined: of a bar that is wide enough to be read, all but a pixel or two. */
  readonly node: TraceNode;
  /** How many spans it stands for. */
  readonly count: number;
  readonly error: boolean;
}

/** Anything narrower is drawn this wide, and joined with what would stand in the same place. */
export const LEAST_WIDTH_PX = 1.5;

/** Pixels from the left edge of a window `width` pixels wide. */
export function xOf(at: number, window: TimeWindow, width: number): number {
  return ((at - window.start) / (window.end - window.start)) * width;
}

/** Nanoseconds at a pixel. */
export function timeAt(x: number, window: TimeWindow, width: number): number {
  return window.start + (x / width) * (window.end - window.start);
}

/**
 * The visible bars of one row. `row` is sorted by start and its spans do not overlap, so their ends are in order too.
 */
export function barsOf(row: readonly TraceNode[], window: TimeWindow, width: number): readonly Bar[] {
  const bars: Bar[] = [];
  let last: { -readonly [Field in keyof Bar]: Bar[Field] } | undefined;
  for (let i = firstEndingAfter(row, window.start); i < row.length; i++) {
    const node = row[i];
    if (node === undefined || node.start > window.end) break;
    const left = Math.max(0, xOf(node.start, window, width));
    const right = Math.min(width, xOf(node.end, window, width));
    const error = node.span?.error === 1;
    const narrow = right - left < LEAST_WIDTH_PX;
    if (last !== undefined && left < last.x + last.width && (narrow || last.width <= LEAST_WIDTH_PX)) {
      last.width = Math.max(last.width, right - last.x);
      if (length(node) > length(last.node)) last.node = node;
      last.count += 1;
      last.error ||= error;
      continue;
    }
    last = { x: left, width: Math.max(LEAST_WIDTH_PX, right - left), node, count: 1, error };
    bars.push(last);
  }
  return bars;
}

/** Index of the first span of a row that ends at `at` or later. */
export function firstEndingAfter(row: readonly TraceNode[], at: number): number {
  let low = 0;
  let high = row.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((row[middle]?.end ?? Infinity) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function length(node: TraceNode): number {
  return node.end - node.start;
}
