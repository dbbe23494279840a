import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { send } from "./agent.ts";
import { answeredSpan, answerTrace } from "./answers.ts";
import { browserTests, hexOf, labelOf } from "./suite.ts";
import { freshId, shopTrace, spanIdOf, traceOf } from "./traces.ts";

const open = browserTests();
const id = freshId();
const address = `/apm/trace/${hexOf(id)}`;

beforeAll(() => send(shopTrace(id, "GET /checkout")));

const parameter = (page: Page, name: string): string | null => new URL(page.url()).searchParams.get(name);

/** How many different colours the drawing has; 1 where nothing is drawn. */
function coloursDrawn(page: Page): Promise<number> {
  return page.locator(".stage canvas").evaluate((canvas: HTMLCanvasElement) => {
    const data =
      canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
    return new Set(new Uint32Array(data.buffer)).size;
  });
}

test("the head says what the trace was, how long, when, and how it ended", async () => {
  const page = await open(address);
  const head = await page.locator(".trace-head").innerText();
  for (const part of [
    "shop",
    "web.request",
    "GET /checkout",
    "60.0 ms",
    "today",
    "500",
    "7 spans",
    "✕ 2 errors",
    "4 services",
    "e2e",
    "1.2.3",
  ])
    expect(head).toContain(part);
  expect(await page.title()).toBe("GET /checkout · Tracehound");
});

test("a decimal id opens the same trace", async () => {
  const page = await open(`/apm/trace/${id}`);
  await page.getByRole("heading", { name: "GET /checkout" }).waitFor();
});

test("the waterfall has a row per span in tree order, and draws their bars", async () => {
  const page = await open(address);
  await labelOf(page, "template.render").waitFor();
  const levels = await page
    .getByRole("treeitem")
    .evaluateAll((rows) => rows.map((row) => row.getAttribute("aria-level")));
  expect(levels).toEqual(["1", "2", "3", "2", "3", "3", "2"]);
  expect(await coloursDrawn(page)).toBeGreaterThan(4);
});

test("the flame graph is one key away, is drawn, and stands in the address", async () => {
  const page = await open(address);
  await labelOf(page, "template.render").waitFor();
  await page.keyboard.press("v");
  await page.getByRole("group", { name: "Flame graph" }).waitFor();
  expect(parameter(page, "graphType")).toBe("flamegraph");
  expect(await coloursDrawn(page)).toBeGreaterThan(4);
});

test("pointing at a bar shows its card, in both drawings", async () => {
  const page = await open(address);
  for (const view of ["Waterfall", "Flame graph"]) {
    await page.getByRole("radio", { name: view }).click();
    const box = await page.getByRole("group", { name: view }).boundingBox();
    if (box === null) throw new Error("nothing is drawn");
    await page.mouse.move(box.x + box.width * 0.6, box.y + 8);
    await page.getByRole("tooltip").getByText("60.0 ms").waitFor();
    await page.mouse.move(0, 0);
  }
});

test("a selected span shows its tags, its error and its stack", async () => {
  const page = await open(address);
  await labelOf(page, "payment.charge").click();
  expect(parameter(page, "spanID")).toBe(String(spanIdOf(id, 4)));
  const panel = page.getByRole("complementary", { name: "Span" });
  await panel.getByRole("heading", { name: "CardDeclined" }).waitFor();
  const text = await panel.innerText();
  for (const part of [
    "charge card",
    "the card was declined",
    'File "payment.py", line 17, in charge',
    "33.0 ms",
    "55 % of the trace",
    "env",
    "e2e",
  ])
    expect(text).toContain(part);
});

test("tags can be filtered", async () => {
  const page = await open(address);
  await page.getByRole("searchbox", { name: "Filter tags" }).fill("method");
  const tags = page.getByRole("region", { name: "Tags" });
  expect(await tags.locator("dt").allInnerTexts()).toEqual(["http.method"]);
});

test("a trace can be walked by keyboard alone", async () => {
  const page = await open(address);
  await labelOf(page, "template.render").waitFor();
  const selected = (): string => parameter(page, "spanID") ?? "";
  const steps: readonly (readonly [string, number])[] = [
    ["ArrowDown", 1],
    ["ArrowDown", 2],
    ["ArrowRight", 3],
    ["ArrowLeft", 2],
    ["e", 4],
    ["e", 1],
    ["Shift+E", 4],
  ];
  for (const [key, sketch] of steps) {
    await page.keyboard.press(key);
    expect(selected(), key).toBe(String(spanIdOf(id, sketch)));
  }
  await page.keyboard.press("Escape");
  expect(selected()).toBe("");
});

test("a closed row hides what is under it, in the address too", async () => {
  const page = await open(address);
  await labelOf(page, "payment.charge").click();
  await page.keyboard.press("ArrowLeft");
  await labelOf(page, "payment.send").waitFor({ state: "detached" });
  await page.reload();
  await labelOf(page, "payment.charge").waitFor();
  expect(await labelOf(page, "payment.send").count()).toBe(0);
  await page.keyboard.press("ArrowRight");
  await labelOf(page, "payment.send").waitFor();
});

test("zooming by key and by wheel narrows the window, dragging moves it, and the address keeps it", async () => {
  const page = await open(address);
  await labelOf(page, "payment.charge").click();
  await page.keyboard.press("f");
  await page.waitForURL(/window=/);
  const fitted = parameter(page, "window");
  const [start = 0, end = 0] = (fitted ?? "").split("-").map(Number);
  expect([start, end]).toEqual([18_700_000, 58_300_000]);
  const box = await page.locator(".stage").boundingBox();
  if (box === null) throw new Error("nothing is drawn");
  await page.mouse.move(box.x + box.width * 0.7, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + 100, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL((url) => Number(url.searchParams.get("window")?.split("-")[0]) < start);
  await page.keyboard.press("v");
  await page.mouse.wheel(0, -400);
  await page.waitForURL((url) => {
    const [from = 0, to = 0] = (url.searchParams.get("window") ?? "").split("-").map(Number);
    return to - from < (end - start) * 0.6;
  });
  await page.keyboard.press("0");
  await page.waitForURL((url) => !url.searchParams.has("window"));
});

test("the legend shares out all of the time", async () => {
  const page = await open(address);
  await page.locator(".legend li").first().waitFor();
  const shares = await page.locator(".legend li strong").allInnerTexts();
  const sum = shares.map((text) => Number.parseFloat(text)).reduce((a, b) => a + b, 0);
  expect(shares.length).toBe(4);
  expect(sum).toBeGreaterThan(98);
  expect(sum).toBeLessThan(102);
});

test("spans whose parent is missing hang under a dashed row that says so", async () => {
  const orphans = freshId();
  const [, , query, , sign] = shopTrace(orphans, "GET /orphans");
  if (query === undefined || sign === undefined) throw new Error("the trace is too short");
  await send([query, sign]);
  const page = await open(`/apm/trace/${hexOf(orphans)}`);
  await labelOf(page, `missing parent ${query.parent_id}`).waitFor();
  await labelOf(page, `missing parent ${sign.parent_id}`).click();
  await page
    .getByRole("complementary", { name: "Span" })
    .getByText("not sent, not arrived yet, or kept elsewhere")
    .waitFor();
});

test("a trace that is still arriving grows on the page", async () => {
  const growing = freshId();
  const [root, ...rest] = shopTrace(growing, "GET /growing");
  await send(rest);
  const page = await open(`/apm/trace/${hexOf(growing)}`);
  await labelOf(page, "missing parent").waitFor();
  await send(root === undefined ? [] : [root]);
  await page.getByRole("heading", { name: "GET /growing" }).waitFor();
  expect(await labelOf(page, "missing parent").count()).toBe(0);
});

test("a circle of parents is cut and shown", async () => {
  const circle = freshId();
  await send(
    traceOf(circle, [
      { id: 1, parent: 2, from: 0, to: 9, name: "one" },
      { id: 2, parent: 1, from: 1, to: 8, name: "two" },
    ]),
  );
  const page = await open(`/apm/trace/${hexOf(circle)}`);
  await labelOf(page, "circular parent").waitFor();
  expect(await page.getByRole("treeitem").count()).toBe(3);
});

test("300 levels can be scrolled to their end", async () => {
  const deep = freshId();
  await send(
    traceOf(
      deep,
      Array.from({ length: 300 }, (_, i) => ({ id: i + 1, parent: i, from: i, to: 900 - i, name: `level.${i}` })),
    ),
  );
  const page = await open(`/apm/trace/${hexOf(deep)}?spanID=${spanIdOf(deep, 300)}`);
  await labelOf(page, "level.299").waitFor();
});

test("links and events are shown, links lead to their span", async () => {
  const linked = "0".repeat(31) + "9";
  const page = await open("/favicon.svg");
  const links = [{ trace_id: linked, span_id: "77", attributes: { reason: "batch" }, tracestate: "dd=s:1", flags: 1 }];
  const events = [{ time: "1763716000012000000", name: "tasted", attributes: { beer: "stout", scores: [1, 2] } }];
  await answerTrace(page, linked, [answeredSpan({ links, events, meta_struct: { appsec: "gaFhAQ==" } })]);
  await page.goto(new URL(`/apm/trace/${linked}`, page.url()).href);
  const panel = page.getByRole("complementary", { name: "Span" });
  const text = await panel.innerText();
  for (const part of ["tasted", "12.0 ms into the trace", "stout", "[1,2]", "batch", "dd=s:1", "appsec", "4 B"])
    expect(text).toContain(part);
  await panel.getByRole("link", { name: linked }).click();
  await page.waitForURL(`**/apm/trace/${linked}?spanID=77`);
});

test("the trace id can be copied", async () => {
  const page = await open(address, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("button", { name: "Copy trace id" }).click();
  await page.getByText("copied").waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(hexOf(id));
});
