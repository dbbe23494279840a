// The waterfall: one row per span in tree order, names at the left, bars at their times.

import { useCallback, useMemo, useState, type ReactNode } from "react";
import type { TraceNode } from "../../model/trace.ts";
import { usePaint } from "../paint.ts";
import { Stage, type RowRange } from "../stage.tsx";
import { rulerFor } from "../text-fit.ts";
import type { ViewProps } from "../view.ts";
import { drawWaterfall, ROW_HEIGHT } from "./draw.ts";
import { WaterfallLabels } from "./labels.tsx";
import type { WaterfallRows } from "./rows.ts";

interface Props extends ViewProps {
  readonly rows: WaterfallRows;
  readonly collapsed: ReadonlySet<string>;
  readonly onToggle: (node: TraceNode) => void;
  readonly labelWidth: number;
}

export function Waterfall(props: Props): ReactNode {
  const { rows, collapsed, onToggle, labelWidth, palette, window, selected, highlight, onHover, onSelect } = props;
  const paint = usePaint();
  const [hovered, setHovered] = useState<TraceNode | null>(null);
  const hover = useCallback(
    (node: TraceNode | null) => {
      setHovered(node);
      onHover(node);
    },
    [onHover],
  );
  const draw = useCallback(
    (context: CanvasRenderingContext2D, range: RowRange, width: number) =>
      drawWaterfall(
        context,
        { rows: rows.rows, window, palette, paint, ruler: rulerFor(paint.font), selected, hovered, highlight },
        range,
        width,
      ),
    [rows, window, palette, paint, selected, hovered, highlight],
  );
  // A row belongs to its span over its whole width: a short bar should not be a small target.
  const find = useCallback((row: number): TraceNode | null => rows.rows[row] ?? null, [rows]);
  const deepest = useMemo(() => rows.rows.reduce((most, node) => Math.max(most, node.depth), 0), [rows]);
  const labels = useCallback(
    (range: RowRange) => (
      <WaterfallLabels
        {...{ range, rows, deepest, collapsed, palette, selected, hovered, highlight, onToggle, onSelect }}
        width={labelWidth}
        onHover={hover}
      />
    ),
    [rows, deepest, collapsed, palette, selected, hovered, highlight, onToggle, onSelect, labelWidth, hover],
  );
  return (
    <Stage
      {...props}
      label="Waterfall"
      rowCount={rows.rows.length}
      rowHeight={ROW_HEIGHT}
      draw={draw}
      find={find}
      labels={labels}
      wheelZooms={false}
      onHover={hover}
      selectedRow={selected === null ? -1 : (rows.rowOf[selected.index] ?? -1)}
    />
  );
}
