// The small shapes that several answers share: decimal integers beyond a double, and flat maps checked in one pass.

import { z } from "zod";

const DECIMAL = /^-?\d{1,20}$/;

/** A 64-bit integer written as a decimal string. */
export const int64 = z.string().regex(DECIMAL, "not a decimal integer").transform(BigInt);

/** A span id: unsigned 64 bits in decimal. Kept as text, because it is a name and not a quantity. */
export const spanId = z.string().regex(DECIMAL, "not a span id");

/**
 * A map whose values all pass `is`. It checks in place where `z.record` copies and visits every entry through a schema of its own,
 * which for ten thousand spans with eight tags takes longer than drawing them.
 */
export function flatMap<V>(is: (value: unknown) => value is V, what: string) {
  return z.custom<Readonly<Record<string, V>>>((given) => isFlatMap(given, is), { error: `not a map of ${what}` });
}

function isFlatMap(given: unknown, is: (value: unknown) => boolean): boolean {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return false;
  for (const value of Object.values(given)) if (!is(value)) return false;
  return true;
}

export function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** A metric; NaN and the infinities come as their names, because JSON has no numbers for them. */
export function isMetric(value: unknown): value is number | string {
  return typeof value === "number" || value === "NaN" || value === "Infinity" || value === "-Infinity";
}
