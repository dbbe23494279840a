import { describe, expect, test } from "vitest";
import { rulerOf } from "./text-fit.ts";

/** Every character is 10 px wide, an `i` 4. */
const ruler = rulerOf((char) => (char === "i" ? 4 : 10));

describe("a label in its room", () => {
  test.each([
    ["GET /pair/beer", 200, "GET /pair/beer"],
    ["GET /pair/beer", 140, "GET /pair/beer"],
    ["GET /pair/beer", 133, "GET /p…r/beer"],
    ["GET /pair/beer", 50, "GE…er"],
    ["GET /pair/beer", 49, ""],
    ["iiii", 16, "iiii"],
    ["", 10, ""],
  ])("%j in %d px is %j", (text, room, fitted) => {
    expect(ruler.fit(text, room)).toBe(fitted);
    expect(ruler.width(fitted)).toBeLessThanOrEqual(room);
  });
});

test("a resource of 5,000 characters is not measured to its end", () => {
  let measured = 0;
  const counting = rulerOf(() => {
    measured++;
    return 10;
  });
  counting.fit("abcdefghij".repeat(500), 100);
  expect(measured).toBeLessThanOrEqual(11);
});
