// Moments: nanoseconds since 1970 as bigint (a double cannot hold them), relative while fresh, absolute on demand.

export type UnixNanos = bigint;

const NS_PER_MS = 1_000_000n;

/** The moment in milliseconds since 1970, as `Date` wants it; what is below a millisecond is cut off. */
export function toMillis(at: UnixNanos): number {
  return Number(at / NS_PER_MS);
}

/**
 * How long ago, from `nowMillis`: `now`, `12 s ago`, `3 min ago`, `2 h ago`, `4 d ago`, and `in 5 s` for clocks ahead
 * of ours.
 */
export function relative(at: UnixNanos, nowMillis: number): string {
  const seconds = Math.round((nowMillis - toMillis(at)) / 1000);
  if (seconds === 0) return "now";
  return seconds > 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`;
}

function span(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** `today 14:05:12.204` or `Tue 4 Nov 2025 14:05:12.204`, in `zone` (the browser's own by default). */
export function absolute(at: UnixNanos, nowMillis: number, zone?: string): string {
  const millis = toMillis(at);
  const day = dayOf(millis, zone);
  const time = format(millis, zone, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
  });
  return day === dayOf(nowMillis, zone) ? `today ${time}` : `${day} ${time}`;
}

/** As {@link absolute} with the day always written and the zone's name: for hover. */
export function absoluteWithZone(at: UnixNanos, zone?: string): string {
  const millis = toMillis(at);
  const time = format(millis, zone, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    timeZoneName: "short",
  });
  return `${dayOf(millis, zone)} ${time}`;
}

function dayOf(millis: number, zone: string | undefined): string {
  return format(millis, zone, { weekday: "short", day: "numeric", month: "short", year: "numeric" }).replace(",", "");
}

function format(millis: number, zone: string | undefined, options: Intl.DateTimeFormatOptions): string {
  // `Date` ends at ±8.64e15 ms; a 64-bit nanosecond count ends well inside.
  return formatter(zone, options).format(new Date(millis));
}

/** Building a formatter costs tens of microseconds, so each is made once. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone ?? ""} ${JSON.stringify(options)}`;
  let made = formatters.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat("en-GB", { ...options, ...(zone === undefined ? {} : { timeZone: zone }) });
    formatters.set(key, made);
  }
  return made;
}
