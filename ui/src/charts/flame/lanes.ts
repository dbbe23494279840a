// The flame graph's rows: each span stands below its parent, and spans that run side by side get rows of their own.
//
// A subtree is packed as one block: children one after the other share the row under their parent, a child that
// overlaps an
// earlier sibling's block moves down to the first rows that are free. So a call and all it caused stay together.

import type { TraceModel, TraceNode } from "../../model/trace.ts";

/** The rows of a flame graph, top first. */
export interface Lanes {
  /** The spans of each row by start; they do not overlap. */
  readonly rows: readonly (readonly TraceNode[])[];
  /** The row of each node, by its index. */
  readonly rowOf: Int32Array;
}

/**
 * Rows that are searched for a free place before a child gets a new one at the bottom. Thousands of spans at once fill no screen
 * anyhow, and the bound keeps a trace of n such siblings from costing n² steps.
 */
const MOST_SEARCHED = 1_024;

/** A subtree while it is packed. */
interface Block {
  start: number;
  end: number;
  height: number;
  /** Rows below the parent's. */
  offset: number;
}

export function layOutLanes(model: TraceModel): Lanes {
  const { nodes } = model;
  const blocks = nodes.map(({ start, end }): Block => ({ start, end, height: 1, offset: 0 }));
  // Children have greater indexes than their parents: backwards, every child's block is whole when its parent packs it.
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i];
    const block = blocks[i];
    if (block !== undefined && node !== undefined && node.children.length > 0)
      packInto(block, childBlocks(node.children, blocks), 1);
  }
  packInto({ start: 0, end: 0, height: 0, offset: 0 }, childBlocks(model.roots, blocks), 0);
  return rowsFrom(nodes, blocks);
}

/** The blocks of children by start: by that of the block, which a grandchild may have moved before its parent's. */
function childBlocks(children: readonly TraceNode[], blocks: readonly Block[]): Block[] {
  return children.map((child) => blocks[child.index] as Block).toSorted((a, b) => a.start - b.start);
}

/** Finds each block's rows, the first of which is `top`, and makes the parent as large as they need. */
function packInto(parent: Block, children: readonly Block[], top: number): void {
  /** When each row is free again, for the group of siblings that overlap. */
  let freeAt: number[] = [];
  let groupEnd = -Infinity;
  for (const child of children) {
    if (child.start >= groupEnd) freeAt = [];
    const row = firstFree(freeAt, child);
    freeAt.length = Math.max(freeAt.length, row);
    for (let i = row; i < row + child.height; i++) freeAt[i] = child.end;
    groupEnd = Math.max(groupEnd, child.end);
    child.offset = top + row;
    parent.height = Math.max(parent.height, child.offset + child.height);
    parent.start = Math.min(parent.start, child.start);
    parent.end = Math.max(parent.end, child.end);
  }
}

/** The first row from which on as many as the block is high are free when it starts. */
function firstFree(freeAt: readonly number[], { start, height }: Block): number {
  let row = 0;
  for (let i = 0; i < freeAt.length && i < row + height; i++) {
    if ((freeAt[i] ?? -Infinity) > start) row = i + 1;
    if (row > MOST_SEARCHED) return freeAt.length;
  }
  return row;
}

function rowsFrom(nodes: readonly TraceNode[], blocks: readonly Block[]): Lanes {
  const rowOf = new Int32Array(nodes.length);
  const rows: TraceNode[][] = [];
  for (const node of nodes) {
    const above = node.parent === null ? 0 : (rowOf[node.parent.index] ?? 0);
    const row = above + (blocks[node.index]?.offset ?? 0);
    rowOf[node.index] = row;
    (rows[row] ??= []).push(node);
  }
  for (const row of rows) row.sort((a, b) => a.start - b.start || a.end - b.end);
  return { rows, rowOf };
}
