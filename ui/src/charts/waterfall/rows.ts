// The waterfall's rows: the tree in order, without what stands under a collapsed row.

import type { TraceModel, TraceNode } from "../../model/trace.ts";

/** The visible nodes, top first, and the row of each node by its index; −1 for those under a collapsed one. */
export interface WaterfallRows {
  readonly rows: readonly TraceNode[];
  readonly rowOf: Int32Array;
}

export function layOutRows(model: TraceModel, collapsed: ReadonlySet<string>): WaterfallRows {
  const rowOf = new Int32Array(model.nodes.length).fill(-1);
  const rows: TraceNode[] = [];
  for (let i = 0; i < model.nodes.length;) {
    const node = model.nodes[i];
    if (node === undefined) break;
    rowOf[i] = rows.length;
    rows.push(node);
    i = collapsed.has(node.key) ? node.last : i + 1;
  }
  return { rows, rowOf };
}
