// Measures what a person waits for, in a real browser against a real server, and prints it:
//
// - open:    from the click in the list to the first complete frame of a trace of 10,000 spans with 8 tags, everything
// included
// - pan:     how long frames take while that trace is dragged to and fro for three seconds, in both drawings
// - visible: from the agent's 200 to the row in the list
//
// Needs TRACEHOUND_URL and TRACEHOUND_AGENT_URL.

import type { Browser, Page } from "playwright-core";
import { send } from "../e2e/agent.ts";
import { launch, openPage } from "../e2e/browser.ts";
import { bigTrace, freshId, shopTrace } from "../e2e/traces.ts";

const SPANS = 10_000;
const RUNS = 5;
const PAN_MS = 3_000;
const FIRST_FRAME = "trace:first-frame";

const browser = await launch();
try {
  const id = freshId();
  await send(bigTrace(id, SPANS));
  const hex = id.toString(16).padStart(32, "0");
  await measureOpen(browser, hex);
  for (const view of ["waterfall", "flamegraph"]) await measurePan(browser, hex, view);
  await measureVisible(browser);
} finally {
  await browser.close();
}

async function measureOpen(on: Browser, hex: string): Promise<void> {
  const times: number[] = [];
  const transfers: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    // A profile of its own each time: nothing in any cache. The list is open, as it would be.
    const { page } = await openPage(on, "/apm/traces");
    await row(page, hex).waitFor();
    await page.evaluate(() => {
      document.addEventListener("click", (event) => performance.mark("click", { startTime: event.timeStamp }), {
        capture: true,
        once: true,
      });
    });
    await row(page, hex).click();
    times.push(await page.evaluate(untilMarked, FIRST_FRAME));
    transfers.push(await page.evaluate(transferOf, hex));
    await page.context().close();
  }
  print("open", `${SPANS} spans, click to first complete frame, median of ${RUNS}`, median(times), times);
  print("", "of which from the request to the last byte of the answer", median(transfers), transfers);
}

/** Runs in the page: milliseconds from the mark of the click to the mark `name`. */
function untilMarked(name: string): Promise<number> {
  return new Promise((resolve) => {
    const look = (): void => {
      const [mark] = performance.getEntriesByName(name);
      const [click] = performance.getEntriesByName("click");
      if (mark !== undefined && click !== undefined) resolve(mark.startTime - click.startTime);
      else setTimeout(look, 5);
    };
    look();
  });
}

/** Runs in the page: milliseconds that the request for a trace took. */
function transferOf(hex: string): number {
  const request = performance.getEntriesByType("resource").find((entry) => entry.name.endsWith(hex));
  return request?.duration ?? Number.NaN;
}

async function measurePan(on: Browser, hex: string, view: string): Promise<void> {
  const { page } = await openPage(on, `/apm/trace/${hex}?graphType=${view}&window=500000000-900000000`);
  const box = await page.locator(".stage").boundingBox();
  if (box === null) throw new Error("the drawing has no place on the page");
  const [middle, y] = [box.x + box.width * 0.7, box.y + 60];
  await page.waitForTimeout(500);
  await page.evaluate(recordFrames);
  await page.mouse.move(middle, y);
  await page.mouse.down();
  const begun = Date.now();
  for (let step = 0; Date.now() - begun < PAN_MS; step++) {
    await page.mouse.move(middle + 220 * Math.sin(step / 12), y);
    await page.waitForTimeout(8);
  }
  await page.mouse.up();
  const frames = await page.evaluate(() => performance.getEntriesByName("frame").map((frame) => frame.duration));
  await page.context().close();
  print("pan", `${view}, p95 of ${frames.length} frames over ${PAN_MS / 1000} s`, percentile(frames, 0.95), [
    percentile(frames, 0.5),
    Math.max(...frames),
  ]);
}

/** Runs in the page: records how long each frame took, from one to the next. */
function recordFrames(): void {
  let before = performance.now();
  const frame = (): void => {
    const now = performance.now();
    performance.measure("frame", { start: before, end: now });
    before = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

async function measureVisible(on: Browser): Promise<void> {
  const { page } = await openPage(on, "/apm/traces");
  await page.locator("h1").waitFor();
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const id = freshId();
    await send(shopTrace(id, "GET /visible"));
    const sent = Date.now();
    await row(page, id.toString(16).padStart(32, "0")).waitFor();
    times.push(Date.now() - sent);
  }
  await page.context().close();
  print("visible", `agent's 200 to the row in the list, greatest of ${RUNS}`, Math.max(...times), times);
}

function row(page: Page, hex: string) {
  return page.locator(`[data-trace-id="${hex}"]`);
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

function print(what: string, meaning: string, value: number, others: readonly number[]): void {
  const rest = others.map((other) => other.toFixed(1)).join(" ");
  console.log(`${what.padEnd(8)} ${value.toFixed(1).padStart(7)} ms   ${meaning}   (${rest})`);
}
