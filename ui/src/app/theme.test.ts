import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { contrast, type Oklch } from "../base/colour.ts";
import { PALETTE_SIZE } from "../model/palette.ts";

const CSS = readFileSync(new URL("theme.css", import.meta.url), "utf8");

type Theme = "light" | "dark";

/** A token's colour in one theme, read from the style sheet itself. */
function token(name: string, theme: Theme): Oklch {
  const found = new RegExp(`--${name}: light-dark\\((oklch\\([^)]*\\)), (oklch\\([^)]*\\))\\)`).exec(CSS);
  const text = found?.[theme === "light" ? 1 : 2];
  if (text === undefined) throw new Error(`no token --${name}`);
  const [l, c, h] = text.slice("oklch(".length, -1).split(" ").map(Number);
  return { l: l ?? Number.NaN, c: c ?? Number.NaN, h: h ?? Number.NaN };
}

const THEMES: readonly Theme[] = ["light", "dark"];
const BACKGROUNDS = ["page", "raised", "sunken", "hovered", "selected"];
const SERVICES = Array.from({ length: PALETTE_SIZE }, (_, i) => `service-${i}`);

describe.each(THEMES)("in the %s theme", (theme) => {
  test.each(["strong", "normal", "quiet", "accent", "error"])("%s text is readable on every background", (text) => {
    for (const background of BACKGROUNDS) {
      expect(contrast(token(text, theme), token(background, theme)), `on ${background}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  test("error text is readable on the background of an error", () => {
    expect(contrast(token("error", theme), token("error-back", theme))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(token("strong", theme), token("error-back", theme))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(SERVICES)("%s carries readable text", (service) => {
    expect(contrast(token("on-service", theme), token(service, theme))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(SERVICES)("%s stands out from the page as a mark", (service) => {
    expect(contrast(token(service, theme), token("page", theme))).toBeGreaterThanOrEqual(3);
  });

  test("service colours keep away from error's red", () => {
    const red = token("error", theme).h;
    for (const service of SERVICES) {
      const apart = Math.abs(((token(service, theme).h - red + 540) % 360) - 180);
      expect(apart, service).toBeGreaterThanOrEqual(20);
    }
  });
});

test("there are as many service colours as the palette hands out, and no more", () => {
  expect(CSS.match(/--service-\d+:/g)?.length).toBe(PALETTE_SIZE);
});
