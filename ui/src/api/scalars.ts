// The small shapes that several answers share: decimal integers beyond a double, and flat maps.

import { z } from "zod";

const DECIMAL = /^-?\d{1,20}$/;

/** Whether it is an integer of up to 64 bits written in decimal. */
export function isDecimal(value: unknown): value is string {
  return typeof value === "string" && DECIMAL.test(value);
}

export function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** Whether it is a metric; NaN and the infinities come as their names, because JSON has no numbers for them. */
export function isMetric(value: unknown): value is number | string {
  return typeof value === "number" || value === "NaN" || value === "Infinity" || value === "-Infinity";
}

/** Checks for an object all of whose values pass `is`. */
export function isMapOf(is: (value: unknown) => boolean): (given: unknown) => boolean {
  return (given) => {
    if (typeof given !== "object" || given === null || Array.isArray(given)) return false;
    for (const value of Object.values(given)) if (!is(value)) return false;
    return true;
  };
}

/** A 64-bit integer written as a decimal string, read as bigint. */
export const int64 = z.string().regex(DECIMAL, "not a decimal integer").transform(BigInt);

/** A span id: unsigned 64 bits in decimal. Kept as text, because it is a name and not a quantity. */
export const spanId = z.string().regex(DECIMAL, "not a span id");
