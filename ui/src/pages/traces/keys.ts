// What keys do in the list of traces.

import type { TraceRow } from "../../api/traces.ts";
import type { Binding } from "../../base/keys.ts";

interface Actions {
  readonly rows: readonly TraceRow[];
  readonly selected: string | null;
  readonly select: (row: TraceRow | null) => void;
  readonly open: (row: TraceRow) => void;
  readonly showNew: () => void;
}

export function listBindings({ rows, selected, select, open, showNew }: Actions): readonly Binding[] {
  const at = rows.findIndex((row) => row.trace_id === selected);
  const step = (by: number): void => {
    const row = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (row !== undefined) select(row);
  };
  return [
    { keys: ["j", "ArrowDown"], does: "next trace", run: () => step(1) },
    { keys: ["k", "ArrowUp"], does: "previous trace", run: () => step(-1) },
    { keys: ["PageDown"], does: "twenty further", run: () => step(20) },
    { keys: ["PageUp"], does: "twenty back", run: () => step(-20) },
    {
      keys: ["Enter"],
      does: "open the trace",
      run: () => {
        const row = rows[at];
        if (row !== undefined) open(row);
      },
    },
    { keys: ["n"], does: "show new traces", run: showNew },
    { keys: ["Escape"], does: "select nothing", run: () => select(null) },
  ];
}
