// A remembered number, such as the width of a panel.

import { useCallback, useState } from "react";
import { readPreference, writePreference } from "../base/preference.ts";

/** The number kept under `name` in this browser, within `min` and `max`; `initially` where none was kept. */
export function useNumberPreference(
  name: string,
  initially: number,
  min: number,
  max: number,
): [number, (value: number) => void] {
  const clamp = useCallback((value: number) => Math.min(max, Math.max(min, value)), [min, max]);
  const [value, setValue] = useState(() => {
    const kept = Number(readPreference(name) ?? Number.NaN);
    return Number.isFinite(kept) ? clamp(kept) : initially;
  });
  const keep = useCallback(
    (next: number) => {
      setValue(clamp(next));
      writePreference(name, String(clamp(next)));
    },
    [name, clamp],
  );
  return [value, keep];
}
