// The window of time that is looked at: drawn at once, written into the address when it has come to rest.

import { useCallback, useEffect, useState } from "react";
import { isWhole, within, type TimeWindow } from "../../base/window.ts";

/** Browsers refuse more than about a hundred changes of the address in ten seconds; a drag makes sixty a second. */
const REST_MS = 200;

/** `saved` is what the address says; `save` writes it, null for the whole trace. */
export function useTimeWindow(
  whole: TimeWindow,
  saved: TimeWindow | null,
  save: (window: TimeWindow | null) => void,
): [TimeWindow, (window: TimeWindow) => void] {
  const [moving, setMoving] = useState<TimeWindow | null>(null);
  useEffect(() => {
    if (moving === null) return undefined;
    const timer = setTimeout(() => {
      save(isWhole(moving, whole) ? null : moving);
      setMoving(null);
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [moving, whole, save]);
  const set = useCallback((window: TimeWindow) => setMoving(window), []);
  return [moving ?? (saved === null ? whole : within(saved, whole)), set];
}
