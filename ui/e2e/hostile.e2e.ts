import { expect, test } from "vitest";
import { send } from "./agent.ts";
import { answeredRow, answeredSpan, answerList, answerTrace } from "./answers.ts";
import { browserTests, hexOf } from "./suite.ts";
import { freshId, traceOf } from "./traces.ts";

const open = browserTests();

/** Each would run if it were ever taken for markup, a URL or code: `hit` counts how often any did. */
const PAYLOADS = [
  "<script>window.hit=1</script>",
  "<img src=x onerror='window.hit=1'>",
  "<svg/onload=window.hit=1>",
  '"><img src=x onerror=window.hit=1>',
  "'-window.hit=1-'",
  "javascript:window.hit=1",
  "{{constructor.constructor('window.hit=1')()}}",
  "${window.hit=1}",
  "</title><script>window.hit=1</script>",
  "<iframe srcdoc='<script>parent.hit=1</script>'>",
  "<a href='javascript:window.hit=1'>x</a>",
  "<style>*{background:url(http://elsewhere.invalid/)}</style>",
  "__proto__",
  "constructor",
  "\u202Egpj.exe\u202C",
  "\u0000\u0007\u001B[31m",
  "🐕".repeat(2_000),
  "x".repeat(20_000),
];

const wasHit = "window.hit !== undefined";
const ACTIVE = "main script, main iframe, main img, main style";
const TRACE = "0".repeat(31) + "5";

/** A span with the payload in every string it has, keys included. */
function hostileSpan(payload: string, index: number): object {
  const pair = Object.fromEntries([[payload, payload]]);
  const error = { "error.type": payload, "error.message": payload, "error.stack": payload };
  return answeredSpan({
    span_id: String(index + 1),
    parent_id: index === 0 ? "0" : "1",
    service: payload,
    name: payload,
    resource: payload,
    type: payload,
    error: 1,
    meta: { ...pair, ...error, "http.status_code": payload, env: payload, version: payload },
    metrics: Object.fromEntries([[payload, 1]]),
    links: [{ trace_id: payload, span_id: "7", attributes: pair, tracestate: payload, flags: null }],
    events: [{ time: "1763716000000000001", name: payload, attributes: pair }],
    meta_struct: Object.fromEntries([[payload, "gaE="]]),
  });
}

test("whatever stands in the strings of a list is text and nothing else", async () => {
  const rows = PAYLOADS.map((payload, i) => {
    const root = { span_id: "1", service: payload, name: payload, resource: payload, type: payload };
    return answeredRow(String(i).padStart(32, "0"), {
      root,
      http_status: payload,
      errors: i % 2,
      services: [payload, "other"],
    });
  });
  const page = await open("/favicon.svg");
  await answerList(page, () => rows);
  await page.goto(new URL("/apm/traces", page.url()).href);
  await page
    .locator(".row")
    .nth(PAYLOADS.length - 1)
    .waitFor();
  expect(await page.evaluate(wasHit)).toBe(false);
  expect(await page.locator(ACTIVE).count()).toBe(0);
});

test("whatever stands in the strings of a trace is text and nothing else, in head, drawings, card, legend and panel", async () => {
  const page = await open("/favicon.svg");
  await answerTrace(page, TRACE, PAYLOADS.map(hostileSpan));
  await page.goto(new URL(`/apm/trace/${TRACE}`, page.url()).href);
  await page.getByRole("region", { name: "Links" }).waitFor();
  const panel = page.getByRole("complementary", { name: "Span" });
  for (const [index] of PAYLOADS.entries()) {
    await page.keyboard.press("j");
    await panel
      .getByText(String(index + 1), { exact: true })
      .first()
      .waitFor();
    expect(await page.evaluate(wasHit), PAYLOADS[index]).toBe(false);
    expect(await page.locator(ACTIVE).count(), PAYLOADS[index]).toBe(0);
  }
  await page.keyboard.press("v");
  const drawing = await page.getByRole("group", { name: "Flame graph" }).boundingBox();
  await page.mouse.move((drawing?.x ?? 0) + 300, (drawing?.y ?? 0) + 30);
  await page.getByRole("tooltip").waitFor();
  expect(await page.evaluate(wasHit)).toBe(false);
});

test.each([
  ["emoji", "🐕".repeat(2_000)],
  ["letters", "x".repeat(20_000)],
])("a root named by thousands of %s leaves room for the drawing", async (_, payload) => {
  const page = await open("/favicon.svg");
  await answerTrace(page, TRACE, [hostileSpan(payload, 0)]);
  await page.goto(new URL(`/apm/trace/${TRACE}`, page.url()).href);
  await page.getByRole("treeitem").waitFor();
  const drawing = await page.getByRole("group", { name: "Waterfall" }).boundingBox();
  expect(drawing?.height).toBeGreaterThan(400);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1440);
});

test("controls that reorder text are shown as marks", async () => {
  const page = await open("/favicon.svg");
  await answerTrace(page, "0".repeat(32), [answeredSpan({ meta: { file: "\u202Egpj.exe" } })]);
  await page.goto(new URL("/apm/trace/1", page.url()).href);
  await page.getByText("U+202E").waitFor();
});

test("hostile strings sent by a tracer come through the server as text", async () => {
  const id = freshId();
  const meta = Object.fromEntries(PAYLOADS.slice(0, 12).map((payload) => [payload, payload]));
  await send(traceOf(id, [{ id: 1, from: 0, to: 5, resource: PAYLOADS[1] ?? "", meta }]));
  const page = await open(`/apm/trace/${hexOf(id)}`);
  await page.getByRole("heading", { name: "<img src=x" }).waitFor();
  expect(await page.evaluate(wasHit)).toBe(false);
});
