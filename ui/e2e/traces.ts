// Traces to send: small ones that show one thing each, and a big one.

/** A span as tracers send it. Ids and times are bigint, because they may have 64 bits. */
export interface SentSpan {
  readonly trace_id: bigint;
  readonly span_id: bigint;
  readonly parent_id: bigint;
  readonly service: string;
  readonly name: string;
  readonly resource: string;
  readonly type: string;
  readonly start: bigint;
  readonly duration: bigint;
  readonly error: number;
  readonly meta: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A span by its times in milliseconds from the start of its trace. */
export interface Sketch {
  readonly id: number;
  readonly parent?: number;
  readonly from: number;
  readonly to: number;
  readonly service?: string;
  readonly name?: string;
  readonly resource?: string;
  readonly error?: boolean;
  readonly meta?: Readonly<Record<string, string>>;
}

let lastId = BigInt(Date.now()) << 20n;

/** An id that no trace of this run, nor of one before it, has. Below 2^62, as tracers make them. */
export function freshId(): bigint {
  lastId += 4096n;
  return lastId;
}

/** Spans of one trace, begun `ageMs` ago. Sketch ids become ids of the trace's own range. */
export function traceOf(traceId: bigint, sketches: readonly Sketch[], ageMs = 100): SentSpan[] {
  const start = BigInt(Date.now() - ageMs) * 1_000_000n;
  return sketches.map(
    ({
      id,
      parent = 0,
      from,
      to,
      service = "shop",
      name = "web.request",
      resource = "GET /",
      error = false,
      meta = {},
    }) => ({
      trace_id: traceId,
      span_id: spanIdOf(traceId, id),
      parent_id: parent === 0 ? 0n : spanIdOf(traceId, parent),
      service,
      name,
      resource,
      type: "web",
      start: start + BigInt(Math.round(from * 1e6)),
      duration: BigInt(Math.round((to - from) * 1e6)),
      error: error ? 1 : 0,
      meta: { env: "e2e", ...meta },
      metrics: {},
    }),
  );
}

/** The span id that a sketch's id becomes. */
export function spanIdOf(traceId: bigint, sketchId: number): bigint {
  return traceId + BigInt(sketchId);
}

/** A shop's request over three services: 7 spans, of which one, and with it the root, failed. */
export function shopTrace(traceId: bigint, resource: string): SentSpan[] {
  return traceOf(traceId, [
    {
      id: 1,
      from: 0,
      to: 60,
      resource,
      error: true,
      meta: { "http.status_code": "500", "http.method": "GET", version: "1.2.3" },
    },
    { id: 2, parent: 1, from: 2, to: 20, service: "stock", name: "stock.check", resource: "check stock" },
    { id: 3, parent: 2, from: 4, to: 18, service: "stock-db", name: "postgres.query", resource: "SELECT * FROM stock" },
    {
      id: 4,
      parent: 1,
      from: 22,
      to: 55,
      service: "payment",
      name: "payment.charge",
      resource: "charge card",
      error: true,
      meta: STACK,
    },
    { id: 5, parent: 4, from: 24, to: 30, service: "payment", name: "payment.sign", resource: "sign" },
    { id: 6, parent: 4, from: 30, to: 50, service: "payment", name: "payment.send", resource: "send" },
    { id: 7, parent: 1, from: 56, to: 59, name: "template.render", resource: "error.html" },
  ]);
}

const STACK = {
  "error.type": "CardDeclined",
  "error.message": "the card was declined",
  "error.stack":
    'Traceback (most recent call last):\n  File "payment.py", line 17, in charge\n    raise CardDeclined()\nCardDeclined: the card was declined',
};

/** A trace of `count` spans with eight tags each: a page of pages, each with calls, each with queries. */
export function bigTrace(traceId: bigint, count: number): SentSpan[] {
  const sketches: Sketch[] = [
    { id: 1, from: 0, to: 2_000, service: "gateway", resource: "GET /report", meta: tagsOf(1) },
  ];
  const perPage = 200;
  const perCall = 10;
  for (let id = 2; id <= count; id++) {
    const [page, inPage] = [Math.floor((id - 2) / perPage), (id - 2) % perPage];
    const pageStart = (page * 2_000 * perPage) / count;
    const pageLength = (1_900 * perPage) / count;
    const [call, inCall] = [Math.floor((inPage - 1) / perCall), (inPage - 1) % perCall];
    const pageId = 2 + page * perPage;
    const callStart = pageStart + (pageLength * (call + 0.05)) / 20;
    const callLength = pageLength / 22;
    const meta = tagsOf(id);
    if (inPage === 0) {
      sketches.push({
        id,
        parent: 1,
        from: pageStart,
        to: pageStart + pageLength,
        service: "pages",
        name: "page.build",
        resource: `page ${page}`,
        meta,
      });
    } else if (inCall === 0) {
      sketches.push({
        id,
        parent: pageId,
        from: callStart,
        to: callStart + callLength,
        service: SERVICES[call % 6] ?? "",
        name: "http.request",
        resource: `GET /part/${call}`,
        meta,
      });
    } else {
      const from = callStart + (callLength * (inCall - 0.9)) / 9;
      const parent = pageId + 1 + call * perCall;
      sketches.push({
        id,
        parent,
        from,
        to: from + callLength / 10,
        service: `${SERVICES[call % 6]}-db`,
        name: "postgres.query",
        resource: `SELECT * FROM part_${inCall}`,
        error: id % 997 === 0,
        meta,
      });
    }
  }
  return traceOf(traceId, sketches, 2_100);
}

const SERVICES = ["orders", "billing", "stock", "search", "mail", "auth"];

function tagsOf(id: number): Record<string, string> {
  return {
    "http.method": "GET",
    "http.status_code": "200",
    "http.url": `http://gateway.internal/report/part/${id}`,
    component: "flask",
    "span.kind": "client",
    host: `host-${id % 7}`,
    version: "1.2.3",
  };
}
