// What keys do on a trace page.

import type { Binding } from "../../base/keys.ts";
import { around, pan, zoom, type TimeWindow } from "../../base/window.ts";
import type { WaterfallRows } from "../../charts/waterfall/rows.ts";
import type { TraceModel, TraceNode } from "../../model/trace.ts";
import type { TraceState, TraceView } from "./url.ts";
import { nextError, rowBeside, sibling } from "./walk.ts";

interface Actions {
  readonly model: TraceModel;
  readonly rows: WaterfallRows;
  readonly collapsed: ReadonlySet<string>;
  readonly view: TraceView;
  readonly selected: TraceNode | null;
  readonly window: TimeWindow;
  readonly whole: TimeWindow;
  readonly setWindow: (window: TimeWindow) => void;
  readonly select: (node: TraceNode | null) => void;
  readonly toggle: (node: TraceNode) => void;
  readonly change: (part: Partial<TraceState>) => void;
}

/** Share of the window that a key moves it by, and by how much one zooms. */
const PAN_SHARE = 0.15;
const ZOOM_FACTOR = 0.7;

export function traceBindings(actions: Actions): readonly Binding[] {
  return [
    ...(actions.view === "waterfall" ? waterfallMoves(actions) : flameMoves(actions)),
    ...timeMoves(actions),
    ...pageMoves(actions),
  ];
}

function waterfallMoves({ rows, collapsed, selected, select, toggle }: Actions): readonly Binding[] {
  const branch = selected !== null && selected.children.length > 0;
  const closed = selected !== null && collapsed.has(selected.key);
  return [
    { keys: ["ArrowDown", "j"], does: "next span", run: () => select(rowBeside(rows, selected, 1)) },
    { keys: ["ArrowUp", "k"], does: "previous span", run: () => select(rowBeside(rows, selected, -1)) },
    {
      keys: ["ArrowRight"],
      does: "open the row, then go into it",
      run: () => {
        if (branch && closed) toggle(selected);
        else if (branch) select(selected.children[0] ?? selected);
      },
    },
    {
      keys: ["ArrowLeft"],
      does: "close the row, then go to its parent",
      run: () => {
        if (branch && !closed) toggle(selected);
        else if (selected?.parent) select(selected.parent);
      },
    },
  ];
}

function flameMoves({ model, selected, select }: Actions): readonly Binding[] {
  const from = (go: (node: TraceNode) => TraceNode | undefined) => () =>
    select(selected === null ? (model.roots[0] ?? null) : (go(selected) ?? selected));
  return [
    { keys: ["ArrowDown", "j"], does: "first child", run: from((node) => node.children[0]) },
    { keys: ["ArrowUp", "k"], does: "parent", run: from((node) => node.parent ?? undefined) },
    { keys: ["ArrowRight"], does: "next sibling", run: from((node) => sibling(model, node, 1)) },
    { keys: ["ArrowLeft"], does: "previous sibling", run: from((node) => sibling(model, node, -1)) },
  ];
}

function timeMoves({ window, whole, setWindow, selected }: Actions): readonly Binding[] {
  const width = window.end - window.start;
  const middle = window.start + width / 2;
  return [
    { keys: ["w"], does: "zoom in", run: () => setWindow(zoom(window, whole, middle, ZOOM_FACTOR)) },
    { keys: ["s"], does: "zoom out", run: () => setWindow(zoom(window, whole, middle, 1 / ZOOM_FACTOR)) },
    { keys: ["a"], does: "earlier", run: () => setWindow(pan(window, whole, -width * PAN_SHARE)) },
    { keys: ["d"], does: "later", run: () => setWindow(pan(window, whole, width * PAN_SHARE)) },
    {
      keys: ["f"],
      does: "fit the selected span",
      run: () => {
        if (selected !== null) setWindow(around(selected.start, selected.end, whole));
      },
    },
    { keys: ["0"], does: "the whole trace", run: () => setWindow(whole) },
  ];
}

function pageMoves({ model, view, selected, select, change }: Actions): readonly Binding[] {
  return [
    { keys: ["e"], does: "next error", run: () => select(nextError(model, selected, 1) ?? selected) },
    { keys: ["Shift+e"], does: "previous error", run: () => select(nextError(model, selected, -1) ?? selected) },
    {
      keys: ["v"],
      does: "waterfall or flame graph",
      run: () => change({ view: view === "waterfall" ? "flamegraph" : "waterfall" }),
    },
    { keys: ["["], does: "close all rows", run: () => change({ collapsed: model.roots.map((node) => node.key) }) },
    { keys: ["]"], does: "open all rows", run: () => change({ collapsed: [] }) },
    { keys: ["Escape"], does: "select nothing", run: () => select(null) },
  ];
}
