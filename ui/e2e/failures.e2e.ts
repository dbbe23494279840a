import { expect, test } from "vitest";
import { send } from "./agent.ts";
import { answeredSpan, answerTrace, goAway, refuseTrace } from "./answers.ts";
import { browserTests, hexOf, rowOf } from "./suite.ts";
import { freshId, shopTrace } from "./traces.ts";

const open = browserTests();

/** A promise and what settles it. */
function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  const settle: { now?: () => void } = {};
  const promise = new Promise<void>((resolve) => {
    settle.now = resolve;
  });
  return { promise, resolve: () => settle.now?.() };
}

test("an unknown trace is said to be unknown, and shown when it arrives", async () => {
  const id = freshId();
  const page = await open(`/apm/trace/${hexOf(id)}`);
  await page.getByRole("heading", { name: "No such trace" }).waitFor();
  await send(shopTrace(id, "GET /late"));
  await page.getByRole("heading", { name: "GET /late" }).waitFor();
  expect(await page.getByText("No such trace").count()).toBe(0);
});

test("what is no trace id is said to be none", async () => {
  const page = await open("/apm/trace/not-an-id");
  await page.getByRole("heading", { name: "This is not a trace id" }).waitFor();
});

test("an id that several traces have leads to each of them", async () => {
  const [one, other] = ["1".repeat(32), "2".repeat(32)];
  const page = await open("/favicon.svg");
  await refuseTrace(page, 409, "ambiguous", `2 traces have this lower half: ${one}, ${other}`);
  await page.goto(new URL("/apm/trace/123", page.url()).href);
  await page.getByRole("heading", { name: "Several traces have this id" }).waitFor();
  await page.getByRole("link", { name: other }).click();
  await page.waitForURL(`**/apm/trace/${other}`);
});

test("while the server is away the list keeps its rows, says so, and recovers by itself", async () => {
  const id = freshId();
  await send(shopTrace(id, "GET /away"));
  const page = await open("/apm/traces");
  await rowOf(page, id).waitFor();
  const comeBack = await goAway(page);
  const alert = page.getByRole("alert");
  await alert.getByText("Tracehound is not reachable").waitFor();
  expect(await alert.innerText()).toContain("GET /api/tracehound/v1/traces?limit=");
  expect(await rowOf(page, id).count()).toBe(1);
  await comeBack();
  await alert.waitFor({ state: "detached" });
});

test("a trace asked for while the server is away is shown when it is back", async () => {
  const id = freshId();
  await send(shopTrace(id, "GET /back"));
  const page = await open("/apm/traces");
  await page.getByRole("heading", { name: "Traces" }).waitFor();
  const comeBack = await goAway(page);
  await page.evaluate(
    (path) => {
      window.history.pushState(null, "", path);
      window.dispatchEvent(new PopStateEvent("popstate"));
    },
    `/apm/trace/${hexOf(id)}`,
  );
  await page.getByRole("alert").getByText("Tracehound is not reachable").waitFor();
  await comeBack();
  await page.getByRole("heading", { name: "GET /back" }).waitFor();
});

test("a server that starts says so and is asked again", async () => {
  const page = await open("/favicon.svg");
  await refuseTrace(page, 503, "busy", "recovering the log");
  await page.goto(new URL("/apm/trace/1", page.url()).href);
  await page.getByRole("alert").getByText("recovering the log").waitFor();
  await answerTrace(page, "0".repeat(31) + "1", [answeredSpan()]);
  await page.getByRole("heading", { name: "GET /made-up" }).waitFor();
});

test("an answer of another version is not guessed at", async () => {
  const page = await open("/favicon.svg");
  await answerTrace(page, "0".repeat(31) + "1", [answeredSpan({ duration: 61_200_000 })]);
  await page.goto(new URL("/apm/trace/1", page.url()).href);
  const alert = page.getByRole("alert");
  await alert.getByText("The answer cannot be read").waitFor();
  expect(await alert.innerText()).toContain("duration of span 0");
});

test("a slow answer shows a bar, and no skeleton of what is known already", async () => {
  const page = await open("/favicon.svg");
  const { promise: held, resolve: release } = withResolvers();
  await page.route(/traces\/1$/, async (route) => {
    await held;
    await route.fulfill({ json: { trace_id: "0".repeat(31) + "1", spans: [answeredSpan()] } });
  });
  await page.goto(new URL("/apm/trace/1", page.url()).href);
  await page.getByRole("progressbar").waitFor();
  release();
  await page.getByRole("progressbar").waitFor({ state: "detached" });
  await page.getByRole("heading", { name: "GET /made-up" }).waitFor();
});
