// Where the keyboard goes from the selected span.

import type { WaterfallRows } from "../../charts/waterfall/rows.ts";
import type { TraceModel, TraceNode } from "../../model/trace.ts";

/** The row `by` further down (up if negative), stopping at the ends; without a selection, the first. */
export function rowBeside({ rows, rowOf }: WaterfallRows, from: TraceNode | null, by: number): TraceNode | null {
  const row = from === null ? -1 : (rowOf[from.index] ?? -1);
  if (row < 0) return rows[0] ?? null;
  return rows[Math.min(rows.length - 1, Math.max(0, row + by))] ?? null;
}

/** The next span with an error in tree order, round the end to the first; the one before if `step` is −1. */
export function nextError({ nodes }: TraceModel, from: TraceNode | null, step: 1 | -1): TraceNode | null {
  const start = from?.index ?? (step === 1 ? -1 : 0);
  for (let i = 1; i <= nodes.length; i++) {
    const node = nodes[(start + i * step + nodes.length * 2) % nodes.length];
    if (node?.span?.error === 1) return node;
  }
  return null;
}

/** The sibling `by` later (earlier if negative); the node itself at the ends. */
export function sibling(model: TraceModel, from: TraceNode, by: number): TraceNode {
  const all = from.parent?.children ?? model.roots;
  return all[all.indexOf(from) + by] ?? from;
}

/** The nodes above that hide this one when they are collapsed; opening a span means opening them. */
export function hidingAncestors(node: TraceNode, collapsed: ReadonlySet<string>): readonly string[] {
  const hiding: string[] = [];
  for (let at = node.parent; at !== null; at = at.parent) if (collapsed.has(at.key)) hiding.push(at.key);
  return hiding;
}
