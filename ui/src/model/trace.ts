// A trace as its pages see it: spans in a tree, times counted from the trace's start.

import type { Span } from "../api/trace.ts";

/**
 * Why a span hangs under a dashed row: its parent is `absent`, or the chain of parents leads back to the span itself
 * (`cycle`).
 */
export type MissingReason = "absent" | "cycle";

/** The parent that a span names and that cannot stand above it. */
export interface MissingParent {
  readonly spanId: string;
  readonly reason: MissingReason;
}

interface Placed {
  /** Names the node within its trace: the span id, with `~2`, `~3` … where several spans carry the same one. */
  readonly key: string;
  /** Place in tree order: parents before children, siblings by start. */
  readonly index: number;
  /** Index after the last descendant: `index + 1` for a leaf. */
  readonly last: number;
  readonly depth: number;
  readonly parent: TraceNode | null;
  readonly children: readonly TraceNode[];
  /** Nanoseconds from the trace's start. Exact, as no trace lasts the 104 days at which a double loses the last one. */
  readonly start: number;
  readonly end: number;
  /** Spans with an error in this subtree, itself included. */
  readonly errors: number;
}

/** A span in its place. */
export interface SpanNode extends Placed {
  readonly span: Span;
  readonly missing: null;
}

/** A place held for a parent that is not there; as long as its children. */
export interface MissingNode extends Placed {
  readonly span: null;
  readonly missing: MissingParent;
}

export type TraceNode = SpanNode | MissingNode;

/** A whole trace. */
export interface TraceModel {
  readonly traceId: string;
  /** Earliest start, nanoseconds since 1970. */
  readonly start: bigint;
  /** From the earliest start to the latest end, nanoseconds. */
  readonly duration: number;
  /** All nodes in tree order. */
  readonly nodes: readonly TraceNode[];
  readonly roots: readonly TraceNode[];
  readonly byKey: ReadonlyMap<string, TraceNode>;
  /** The span that stands for the trace: the earliest without a parent, else the earliest whose parent is missing. */
  readonly root: SpanNode | null;
  readonly spanCount: number;
  readonly errorCount: number;
  /** Names of the services, sorted. */
  readonly services: readonly string[];
}

/** The nodes above this one, nearest first. */
export function ancestors(node: TraceNode): readonly TraceNode[] {
  const out: TraceNode[] = [];
  for (let at = node.parent; at !== null; at = at.parent) out.push(at);
  return out;
}

/** What a dashed row says: which span should stand there, and why it does not. */
export function missingParts({ spanId, reason }: MissingParent): { readonly what: string; readonly why: string } {
  return reason === "absent"
    ? { what: `missing parent ${spanId}`, why: "not sent, not arrived yet, or kept elsewhere" }
    : { what: `circular parent ${spanId}`, why: "it descends from its own child; the circle is cut here" };
}

/** The same in one sentence. */
export function missingSentence(missing: MissingParent): string {
  const { what, why } = missingParts(missing);
  return `${what}: ${why}`;
}
