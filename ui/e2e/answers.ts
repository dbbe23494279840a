// Answers of the API made up by a test, for what a real server seldom says: failures, slowness, hostile strings in
// every field.

import type { Page, Route } from "playwright-core";

const LIST = /\/api\/tracehound\/v1\/traces\?/;
const TRACE = /\/api\/tracehound\/v1\/traces\/[^?]+$/;

/** A trace in the list, as the API writes it. */
export function answeredRow(traceId: string, change: object = {}): object {
  return {
    trace_id: traceId,
    start: String(BigInt(Date.now()) * 1_000_000n),
    duration: "61200000",
    root: { span_id: "1", service: "shop", name: "web.request", resource: "GET /made-up", type: "web" },
    http_status: "200",
    spans: 7,
    errors: 0,
    services: ["shop"],
    ...change,
  };
}

/** A span of a trace, as the API writes it. */
export function answeredSpan(change: object = {}): object {
  return {
    span_id: "1",
    parent_id: "0",
    start: "1763716000000000000",
    duration: "61200000",
    service: "shop",
    name: "web.request",
    resource: "GET /made-up",
    type: "web",
    error: 0,
    meta: {},
    metrics: {},
    links: [],
    events: [],
    meta_struct: {},
    ...change,
  };
}

/** Answers the list. `rows` is asked at each request, so that it may change. */
export async function answerList(page: Page, rows: () => readonly object[]): Promise<void> {
  await page.route(LIST, (route) => fulfil(route, 200, { traces: rows(), next: null }));
}

/** Answers every trace with these spans. */
export async function answerTrace(page: Page, traceId: string, spans: readonly object[]): Promise<void> {
  await page.route(TRACE, (route) => fulfil(route, 200, { trace_id: traceId, spans }));
}

/** Refuses every trace. */
export async function refuseTrace(page: Page, status: number, kind: string, message: string): Promise<void> {
  await page.route(TRACE, (route) => fulfil(route, status, { error: { kind, message } }));
}

/** Lets every request of the API fail as if nobody listened, until the returned function is called. */
export async function goAway(page: Page): Promise<() => Promise<void>> {
  const everything = /\/api\//;
  await page.route(everything, (route) => route.abort("connectionrefused"));
  return () => page.unroute(everything);
}

function fulfil(route: Route, status: number, body: unknown): Promise<void> {
  return route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });
}
