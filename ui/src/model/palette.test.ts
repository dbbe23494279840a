import { expect, test } from "vitest";
import { PALETTE_SIZE, paletteOf } from "./palette.ts";

const names = (n: number): string[] => Array.from({ length: n }, (_, i) => `service-${i}`);

test("a service has the same colour alone and in the company of others that do not claim it", () => {
  const alone = paletteOf(["cafe"]).get("cafe");
  expect(paletteOf(["taster", "cafe"]).get("cafe")).toBe(alone);
});

test("no two services share a colour while there are free ones", () => {
  expect(new Set(paletteOf(names(PALETTE_SIZE)).values()).size).toBe(PALETTE_SIZE);
});

test("the order in which services are met changes nothing", () => {
  expect(paletteOf(names(15).toReversed())).toEqual(paletteOf(names(15)));
});

test("with more services than colours every one still has a colour", () => {
  const palette = paletteOf(names(100));
  expect(palette.size).toBe(100);
  for (const colour of palette.values()) expect(colour).toBeLessThan(PALETTE_SIZE);
});
