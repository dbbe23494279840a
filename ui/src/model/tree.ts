// From a bag of spans to a tree. Whatever the spans claim about each other, every one of them gets exactly one place:
// absent parents get a stand-in, circles of parents are cut once, equal span ids are told apart. No recursion: depth is
// the sender's choice.

import type { Span, Trace } from "../api/trace.ts";
import type { MissingNode, MissingParent, MissingReason, SpanNode, TraceModel, TraceNode } from "./trace.ts";

const NO_PARENT = "0";

/** Spans of one id that are looked at: two share one in practice, and thousands that do must not cost a step per pair. */
const MOST_TWINS = 64;

/** A node while it is being placed. */
type Open<N> = { -readonly [K in keyof Omit<N, "parent" | "children">]: N[K] } & {
  parent: AnyDraft | null;
  children: AnyDraft[];
};
/** `index` is its place by time until the tree is known; `twin` the next span with the same id. */
type Draft = Open<SpanNode> & { twin: Draft | null };
type MissingDraft = Open<MissingNode>;
type AnyDraft = Draft | MissingDraft;

/** Builds the tree of a trace; siblings by start, then by length, the longer first. */
export function buildTrace(trace: Trace): TraceModel {
  const start = trace.spans.reduce(
    (least, span) => (span.start < least ? span.start : least),
    trace.spans[0]?.start ?? 0n,
  );
  const drafts = draftAll(trace.spans, start);
  const cut = connect(drafts);
  const tops = [...drafts.filter((draft) => draft.parent === null && !cut.has(draft)), ...standIns(cut)].toSorted(
    byTime,
  );
  const nodes = inTreeOrder(tops);
  return {
    traceId: trace.trace_id,
    start,
    duration: drafts.reduce((latest, draft) => Math.max(latest, draft.end), 0),
    nodes,
    roots: tops,
    byKey: new Map(nodes.map((node) => [node.key, node])),
    root: drafts.find((draft) => draft.span.parent_id === NO_PARENT) ?? drafts.find((draft) => cut.has(draft)) ?? null,
    spanCount: drafts.length,
    errorCount: drafts.reduce((sum, draft) => sum + draft.span.error, 0),
    services: [...new Set(trace.spans.map((span) => span.service))].toSorted(),
  };
}

function draftAll(spans: readonly Span[], traceStart: bigint): Draft[] {
  const seen = new Map<string, number>();
  const drafts = spans.map((span): Draft => {
    const times = (seen.get(span.span_id) ?? 0) + 1;
    seen.set(span.span_id, times);
    const key = times === 1 ? span.span_id : `${span.span_id}~${times}`;
    const start = Number(span.start - traceStart);
    const end = start + Math.max(0, Number(span.duration));
    return {
      key,
      span,
      missing: null,
      start,
      end,
      index: 0,
      last: 0,
      depth: 0,
      errors: 0,
      parent: null,
      children: [],
      twin: null,
    };
  });
  const byStart = drafts.toSorted(byTime);
  byStart.forEach((draft, index) => {
    draft.index = index;
  });
  return byStart;
}

function byTime(one: TraceNode, other: TraceNode): number {
  return one.start - other.start || other.end - one.end;
}

/** Hangs every span under its parent. Returns those that could not be, and why. */
function connect(drafts: readonly Draft[]): Map<Draft, MissingReason> {
  const byId = firstById(drafts);
  const missing = new Map<Draft, MissingReason>();
  for (const draft of drafts) {
    if (draft.span.parent_id === NO_PARENT) continue;
    const candidate = byId.get(draft.span.parent_id) ?? null;
    draft.parent = bestParent(draft, candidate);
    if (draft.parent === null) missing.set(draft, candidate === null ? "absent" : "cycle");
  }
  for (const draft of cutCycles(drafts)) missing.set(draft, "cycle");
  for (const draft of drafts) draft.parent?.children.push(draft);
  return missing;
}

/** The first span of each id; it leads to the others by `twin`. */
function firstById(drafts: readonly Draft[]): Map<string, Draft> {
  const first = new Map<string, Draft>();
  for (let i = drafts.length - 1; i >= 0; i--) {
    const draft = drafts[i] as Draft;
    draft.twin = first.get(draft.span.span_id) ?? null;
    first.set(draft.span.span_id, draft);
  }
  return first;
}

/**
 * Of several spans with the parent's id the one of the child's own service, else the first, never the child itself:
 * a client and its server may share an id.
 */
function bestParent(child: Draft, first: Draft | null): Draft | null {
  let best: Draft | null = null;
  let searched = 0;
  for (let at = first; at !== null && searched < MOST_TWINS; at = at.twin) {
    searched += 1;
    if (at === child) continue;
    if (at.span.service === child.span.service) return at;
    best ??= at;
  }
  return best;
}

/** Takes the parent away from the earliest span of each circle, and returns those spans. */
function cutCycles(drafts: readonly Draft[]): Draft[] {
  /** The walk that came by each span first: 1 plus the index of where it began; 0 for none yet. */
  const walkOf = new Int32Array(drafts.length);
  const cut: Draft[] = [];
  for (const first of drafts) {
    let at: AnyDraft | null = first;
    while (at !== null && walkOf[at.index] === 0) {
      walkOf[at.index] = first.index + 1;
      at = at.parent;
    }
    if (at === null || walkOf[at.index] !== first.index + 1) continue;
    const earliest = earliestOnCircle(at as Draft);
    earliest.parent = null;
    cut.push(earliest);
  }
  return cut;
}

function earliestOnCircle(start: Draft): Draft {
  let earliest = start;
  for (let at = start.parent as Draft; at !== start; at = at.parent as Draft) {
    if (byTime(at, earliest) < 0) earliest = at;
  }
  return earliest;
}

/** One stand-in per parent that is not there, with all who name it beneath. */
function standIns(cut: ReadonlyMap<Draft, MissingReason>): MissingDraft[] {
  const made = new Map<string, MissingDraft>();
  for (const [draft, reason] of cut) {
    const spanId = draft.span.parent_id;
    const key = `missing-${reason}-${spanId}`;
    const standIn = made.get(key) ?? newStandIn(key, { spanId, reason }, draft);
    made.set(key, standIn);
    standIn.end = Math.max(standIn.end, draft.end);
    standIn.start = Math.min(standIn.start, draft.start);
    standIn.children.push(draft);
    draft.parent = standIn;
  }
  return [...made.values()];
}

function newStandIn(key: string, missing: MissingParent, { start, end }: Draft): MissingDraft {
  return { key, span: null, missing, start, end, index: 0, last: 0, depth: 0, errors: 0, parent: null, children: [] };
}

/** Numbers the nodes in tree order and sums errors upwards. */
function inTreeOrder(tops: readonly AnyDraft[]): AnyDraft[] {
  const nodes: AnyDraft[] = [];
  const waiting = tops.toReversed();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    node.index = nodes.length;
    node.depth = node.parent === null ? 0 : node.parent.depth + 1;
    nodes.push(node);
    for (let i = node.children.length - 1; i >= 0; i--) waiting.push(node.children[i] as AnyDraft);
  }
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i] as AnyDraft;
    node.errors += node.span?.error ?? 0;
    node.last = Math.max(node.last, node.index + 1);
    if (node.parent === null) continue;
    node.parent.errors += node.errors;
    node.parent.last = Math.max(node.parent.last, node.last);
  }
  return nodes;
}
