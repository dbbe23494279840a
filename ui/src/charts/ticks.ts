// Round values for a ruler.

import type { TimeWindow } from "../base/window.ts";

/** Room for a tick and its label, in pixels. Ruler and grid lines both go by it, so that they meet. */
export const PX_PER_TICK = 110;

/** A place on the ruler: nanoseconds from the start of the trace, and what stands there. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Units a ruler may count in: nanoseconds in one, name, and the steps within it that people find round. */
const UNITS: readonly { readonly ns: number; readonly name: string; readonly steps: readonly number[] }[] = [
  { ns: 1, name: "ns", steps: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
  { ns: 1e3, name: "µs", steps: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
  { ns: 1e6, name: "ms", steps: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
  { ns: 1e9, name: "s", steps: [1, 2, 5, 10, 20, 30] },
  { ns: 60e9, name: "min", steps: [1, 2, 5, 10, 20, 30] },
  { ns: 3_600e9, name: "h", steps: [1, 2, 4, 6, 12] },
  { ns: 86_400e9, name: "d", steps: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000] },
];

/** At most `most` ticks within the window, at multiples of one round step. */
export function ticks(window: TimeWindow, most: number): readonly Tick[] {
  const stepNs = roundStep((window.end - window.start) / Math.max(1, most));
  const out: Tick[] = [];
  const first = Math.ceil(window.start / stepNs);
  for (let i = first; i * stepNs <= window.end && out.length <= most; i++) {
    out.push({ at: i * stepNs, label: label(i * stepNs, stepNs, window.end) });
  }
  return out;
}

/** The least round step that is not below `ns`. */
function roundStep(ns: number): number {
  for (const unit of UNITS) {
    const step = unit.steps.find((candidate) => candidate * unit.ns >= ns);
    if (step !== undefined) return step * unit.ns;
  }
  return ns;
}

/** All labels of a ruler in one unit, the largest that its end fills, with as many decimals as tell the steps apart. */
function label(at: number, step: number, end: number): string {
  if (at === 0) return "0";
  const unit = UNITS.findLast((candidate) => end >= candidate.ns && isDecimalPart(step, candidate.ns)) ?? {
    ns: 1,
    name: "ns",
  };
  const decimals = Math.max(0, Math.ceil(-Math.log10(step / unit.ns) - 1e-9));
  return `${(at / unit.ns).toFixed(Math.min(decimals, 6))} ${unit.name}`;
}

/**
 * Whether steps are short decimals of the unit: 200 ms of a second. Units above the second are not decimal: whole ones
 * only.
 */
function isDecimalPart(step: number, unit: number): boolean {
  const parts = unit > 1e9 ? 1 : 1_000;
  const ofUnit = (step / unit) * parts;
  return Math.abs(ofUnit - Math.round(ofUnit)) < 1e-9;
}
