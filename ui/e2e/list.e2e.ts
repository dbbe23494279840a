import { expect, test } from "vitest";
import { send } from "./agent.ts";
import { answeredRow, answerList } from "./answers.ts";
import { browserTests, hexOf, rowOf } from "./suite.ts";
import { freshId, shopTrace, traceOf } from "./traces.ts";

const open = browserTests();

/** The nth of a long list: each older than the one before. */
function olderRow(n: number): object {
  return answeredRow(n.toString(16).padStart(32, "0"), { start: String(1_763_716_000_000_000_000n - BigInt(n)) });
}

test("the bare address leads to the list of traces", async () => {
  const page = await open("/");
  await page.waitForURL("**/apm/traces");
  expect(await page.title()).toBe("Traces · Tracehound");
});

test("an empty list says what fills it and gives the line to copy", async () => {
  const page = await open("/favicon.svg");
  await answerList(page, () => []);
  await page.goto(new URL("/apm/traces", page.url()).href);
  await page.getByText("DD_TRACE_AGENT_URL=http://localhost:8126 ddtrace-run python app.py").waitFor();
});

test("a trace stands in the list after the first look that began when the agent had answered", async () => {
  const page = await open("/apm/traces");
  await page.getByRole("heading", { name: "Traces" }).waitFor();
  const id = freshId();
  await send(shopTrace(id, `GET /look/${id}`));
  const look = await page.waitForRequest(/traces\?/);
  await look.response().then((answer) => answer?.finished());
  await page.waitForFunction(() => new Promise((resolve) => requestAnimationFrame(() => resolve(true))));
  expect(await rowOf(page, id).count()).toBe(1);
});

test("a row says service, resource, operation, duration, spans, status and errors in words", async () => {
  const id = freshId();
  await send(shopTrace(id, `GET /row/${id}`));
  const page = await open("/apm/traces");
  const text = await rowOf(page, id).innerText();
  for (const part of ["shop", `GET /row/${id}`, "web.request", "60.0 ms", "7", "500", "✕ 2 errors", "4"])
    expect(text.replaceAll("\n", " ")).toContain(part);
});

test("a trace that gets more spans is updated in its row", async () => {
  const id = freshId();
  const [first, ...rest] = shopTrace(id, `GET /grows/${id}`);
  await send(first === undefined ? [] : [first]);
  const page = await open("/apm/traces");
  await rowOf(page, id).getByText("1 error").waitFor();
  await send(rest);
  await rowOf(page, id).getByText("2 errors").waitFor();
});

test("new traces wait while a row is selected, and come when asked for", async () => {
  const shown = [answeredRow("0".repeat(31) + "1")];
  const page = await open("/favicon.svg");
  await answerList(page, () => shown);
  await page.goto(new URL("/apm/traces", page.url()).href);
  await page.locator(".row").waitFor();
  await page.keyboard.press("j");
  shown.unshift(answeredRow("0".repeat(31) + "2"), answeredRow("0".repeat(31) + "3"));
  await page.getByRole("button", { name: "2 new" }).click();
  expect(await page.locator(".row").count()).toBe(3);
  expect(new URL(page.url()).search).toBe("");
});

test("older traces come on scrolling", async () => {
  const page = await open("/favicon.svg");
  await page.route(/traces\?/, (route) => {
    const from = Number(new URL(route.request().url()).searchParams.get("cursor") ?? 0);
    return route.fulfill({
      json: {
        traces: Array.from({ length: 100 }, (_, i) => olderRow(from + i)),
        next: from < 400 ? String(from + 100) : null,
      },
    });
  });
  await page.goto(new URL("/apm/traces", page.url()).href);
  await page.locator(".row").first().waitFor();
  const table = page.locator(".table-body");
  await expect
    .poll(
      async () => {
        await table.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
        return page.getByRole("table").getAttribute("aria-rowcount");
      },
      { timeout: 10_000 },
    )
    .toBe("500");
  // Only the rows in sight are there.
  expect(await page.locator(".row").count()).toBeLessThan(100);
});

test("the keyboard selects, opens, and the back button returns to the selected row", async () => {
  const ids = [freshId(), freshId()];
  for (const id of ids) await send(traceOf(id, [{ id: 1, from: 0, to: 5, resource: `GET /keys/${id}` }], 50));
  const page = await open("/apm/traces");
  await rowOf(page, ids[1] ?? 0n).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("k");
  const selected = new URL(page.url()).searchParams.get("selected");
  expect(await page.locator(".row").first().getAttribute("data-trace-id")).toBe(selected);
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/apm/trace/${selected}`);
  await page.goBack();
  await page.locator(".row.is-selected").waitFor();
  expect(await page.locator(".row.is-selected").getAttribute("data-trace-id")).toBe(selected);
});

test("a click opens the trace, and the back button undoes it", async () => {
  const id = freshId();
  await send(shopTrace(id, `GET /click/${id}`));
  const page = await open("/apm/traces");
  await rowOf(page, id).click();
  await page.waitForURL(`**/apm/trace/${hexOf(id)}`);
  await page.getByRole("heading", { name: `GET /click/${id}` }).waitFor();
  await page.goBack();
  await rowOf(page, id).waitFor();
});

test("an address that leads nowhere says so", async () => {
  const page = await open("/apm/nowhere");
  await page.getByText("There is no such page").waitFor();
  await page.getByRole("link", { name: "the list of traces" }).click();
  await page.waitForURL("**/apm/traces");
});
