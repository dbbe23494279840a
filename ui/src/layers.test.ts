// The layers of the pages, as a test: who imports upwards, or imports another page, is named here.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = import.meta.dirname;

/** Lowest first: each may import itself and what stands before it. */
const LAYERS = ["base", "api", "model", "widgets", "charts", "pages", "app"];

/** A source file's place: its layer, and its page if it belongs to one. */
function placeOf(path: string): { layer: number; page: string | null } {
  const [layer = "", page = ""] = path.split("/");
  const isPageFile = layer === "pages" && !page.includes(".");
  return { layer: LAYERS.indexOf(layer), page: isPageFile ? page : null };
}

/** What is wrong with one file importing another; null if nothing is. Both as paths below `src`. */
function objection(from: string, to: string): string | null {
  const [one, other] = [placeOf(from), placeOf(to)];
  if (other.layer < 0) return `${from} imports ${to}, which is in no layer`;
  if (other.layer > one.layer) return `${from} imports ${to} from a layer above`;
  if (one.layer === other.layer && one.page !== other.page && other.page !== null)
    return `${from} imports ${to} of another page`;
  return null;
}

function importsOf(path: string): string[] {
  const text = readFileSync(join(ROOT, path), "utf8");
  return [...text.matchAll(/(?:from|import) "(\.[^"]+)"/g)].map(([, target = ""]) =>
    relative(ROOT, join(ROOT, dirname(path), target)),
  );
}

const FILES = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((path) => /\/.*\.tsx?$/.test(path));

test("imports go one way: base, api, model, widgets, charts, pages, app; and no page knows another", () => {
  const objections = FILES.flatMap((path) => importsOf(path).map((target) => objection(path, target))).filter(
    (found) => found !== null,
  );
  expect(objections).toEqual([]);
});

test("the imports are really found", () => {
  expect(FILES.length).toBeGreaterThan(40);
  expect(importsOf("pages/traces/page.tsx")).toContain("base/location.ts");
});

describe("an import is objected to", () => {
  test.each([
    ["base/url.ts", "model/trace.ts", true],
    ["charts/flame/view.tsx", "pages/trace/url.ts", true],
    ["widgets/link.tsx", "charts/axis.tsx", true],
    ["pages/traces/page.tsx", "pages/trace/url.ts", true],
    ["pages/failure.tsx", "pages/trace/url.ts", true],
    ["app/main.tsx", "elsewhere/file.ts", true],
    ["pages/traces/page.tsx", "pages/addresses.ts", false],
    ["pages/trace/parts/head.tsx", "pages/trace/url.ts", false],
    ["app/router.tsx", "pages/trace/page.tsx", false],
  ])("%s of %s: %s", (from, to, expected) => {
    expect(objection(from, to) !== null).toBe(expected);
  });
});
