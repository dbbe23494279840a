import { expect, test } from "vitest";
import { contrast, luminance } from "./colour.ts";

const WHITE = { l: 1, c: 0, h: 0 };
const BLACK = { l: 0, c: 0, h: 0 };

test("black on white has the greatest contrast there is", () => {
  expect(contrast(BLACK, WHITE)).toBeCloseTo(21, 5);
  expect(contrast(WHITE, BLACK)).toBeCloseTo(21, 5);
  expect(contrast(WHITE, WHITE)).toBe(1);
});

test("sRGB red, given in OKLCH, has the luminance that WCAG gives it", () => {
  expect(luminance({ l: 0.627955, c: 0.257683, h: 29.2339 })).toBeCloseTo(0.2126, 3);
});
