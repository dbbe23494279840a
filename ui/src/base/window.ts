// The stretch of time that is looked at: zooming and panning as plain arithmetic.

/** Nanoseconds from the start of the trace. */
export interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

/** Zoom ends where the ruler could not name two different nanoseconds any more. */
export const NARROWEST_NS = 10;

/** The whole of a trace. A trace of no length still gets a window, so that its spans have a place. */
export function wholeOf(durationNs: number): TimeWindow {
  return { start: 0, end: Math.max(durationNs, NARROWEST_NS) };
}

/** Makes the window `factor` times as wide (below 1 zooms in), keeping `anchor` where it stands, within `whole`. */
export function zoom(window: TimeWindow, whole: TimeWindow, anchor: number, factor: number): TimeWindow {
  const width = window.end - window.start;
  const wanted = Math.min(Math.max(width * factor, NARROWEST_NS), whole.end - whole.start);
  const start = anchor - ((anchor - window.start) * wanted) / width;
  return within({ start, end: start + wanted }, whole);
}

/** Moves the window by `delta` nanoseconds, stopping at the ends of `whole`. */
export function pan(window: TimeWindow, whole: TimeWindow, delta: number): TimeWindow {
  return within({ start: window.start + delta, end: window.end + delta }, whole);
}

/** The window around a span, with a tenth of its width on both sides to show where it stands. */
export function around(start: number, end: number, whole: TimeWindow): TimeWindow {
  const width = Math.max((end - start) * 1.2, NARROWEST_NS);
  const middle = (start + end) / 2;
  return within({ start: middle - width / 2, end: middle + width / 2 }, whole);
}

/** Pushes a window into `whole`, keeping its width where that fits. */
export function within(window: TimeWindow, whole: TimeWindow): TimeWindow {
  const width = Math.min(window.end - window.start, whole.end - whole.start);
  const start = Math.min(Math.max(window.start, whole.start), whole.end - width);
  return { start, end: start + width };
}

/** Whether the window shows all there is. */
export function isWhole(window: TimeWindow, whole: TimeWindow): boolean {
  return window.start <= whole.start && window.end >= whole.end;
}
