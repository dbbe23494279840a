// The moment at which a trace stands on the screen, as a performance mark, for `npm run perf`.

/** Name of the mark. Marked once per page load and trace; measurements clear it between two. */
export const FIRST_FRAME = "trace:first-frame";

/** Called after each drawing; marks the first, once the browser has painted it. */
export function markFirstFrame(): void {
  if (performance.getEntriesByName(FIRST_FRAME).length > 0) return;
  // A frame callback runs before the paint of its frame, a task queued by it after.
  requestAnimationFrame(() => setTimeout(() => performance.mark(FIRST_FRAME)));
}
