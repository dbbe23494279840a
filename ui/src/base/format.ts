// Numbers as people read them: three significant digits, a unit that steps, zero and unknown never the same.

/** A figure with its unit apart, because the unit is drawn quieter. */
export interface Figure {
  readonly value: string;
  readonly unit: string;
}

const NS_PER_US = 1e3;
const NS_PER_MS = 1e6;
const NS_PER_SECOND = 1e9;
const NS_PER_MINUTE = 60 * NS_PER_SECOND;
const NS_PER_HOUR = 60 * NS_PER_MINUTE;
const NS_PER_DAY = 24 * NS_PER_HOUR;

/** The units below a minute, smallest first: nanoseconds in one, and the name. */
const DECIMAL_UNITS: readonly (readonly [ns: number, unit: string])[] = [
  [1, "ns"],
  [NS_PER_US, "µs"],
  [NS_PER_MS, "ms"],
  [NS_PER_SECOND, "s"],
];

/** `4.07 ms`, `1.25 s`, `2 min 14 s`, `3 h 20 min`, `2.4 d`. */
export function duration(ns: number): string {
  const { value, unit } = durationFigure(ns);
  return unit === "" ? value : `${value} ${unit}`;
}

/** As {@link duration}, number and unit apart. Two-part durations are all value. */
export function durationFigure(ns: number): Figure {
  if (ns < 0) {
    const { value, unit } = durationFigure(-ns);
    return { value: `−${value}`, unit };
  }
  if (ns === 0) return { value: "0", unit: "" };
  // Rounded first: 59.96 s must read as a minute, not as "60.0 s".
  if (ns >= 59.95 * NS_PER_SECOND) return { value: longDuration(ns), unit: "" };
  for (const [size, unit] of DECIMAL_UNITS) {
    const value = size === 1 ? String(Math.round(ns)) : significant(ns / size);
    if (Number(value) < 1000) return { value, unit };
  }
  return { value: significant(ns / NS_PER_SECOND), unit: "s" };
}

function longDuration(ns: number): string {
  if (ns < NS_PER_HOUR - NS_PER_SECOND / 2) return twoParts(ns / NS_PER_SECOND, 60, "min", "s");
  if (ns < NS_PER_DAY - NS_PER_MINUTE / 2) return twoParts(ns / NS_PER_MINUTE, 60, "h", "min");
  return `${significantOrWhole(ns / NS_PER_DAY)} d`;
}

function twoParts(small: number, perBig: number, bigUnit: string, smallUnit: string): string {
  const rounded = Math.round(small);
  const rest = rounded % perBig;
  const big = `${Math.floor(rounded / perBig)} ${bigUnit}`;
  return rest === 0 ? big : `${big} ${rest} ${smallUnit}`;
}

function significantOrWhole(value: number): string {
  return value >= 10 ? String(Math.round(value)) : value.toFixed(1);
}

/** Three significant digits without an exponent: `4.07`, `61.2`, `812`. */
function significant(value: number): string {
  if (value >= 99.95) return String(Math.round(value));
  return value.toFixed(value >= 9.995 ? 1 : 2);
}

/** A part of a whole: `16 %`, `0.4 %`, `< 0.1 %`; zero is `0 %`. */
export function share(part: number): string {
  const percent = part * 100;
  if (percent === 0) return "0 %";
  if (percent < 0.1) return "< 0.1 %";
  return percent < 9.95 ? `${percent.toFixed(1)} %` : `${Math.round(percent)} %`;
}

/** `1 span`, `41 spans`, `10,000 spans`. */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${whole(n)} ${n === 1 ? singular : plural}`;
}

/** An integer with thousands separated: `10,000`. */
export function whole(n: number): string {
  return n.toLocaleString("en-GB");
}

/** A size in bytes: `812 B`, `4.1 KiB`, `2.3 MiB`. */
export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  return n < 1024 * 1024 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 / 1024).toFixed(1)} MiB`;
}
