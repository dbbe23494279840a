// The flame graph: time to the right, calls downwards, one box per span.

import { useCallback, type ReactNode } from "react";
import type { TraceNode } from "../../model/trace.ts";
import { firstEndingAfter } from "../bars.ts";
import { usePaint } from "../paint.ts";
import { Stage, type RowRange } from "../stage.tsx";
import { rulerFor } from "../text-fit.ts";
import type { ViewProps } from "../view.ts";
import { drawFlame, ROW_HEIGHT } from "./draw.ts";
import type { Lanes } from "./lanes.ts";

interface Props extends ViewProps {
  readonly lanes: Lanes;
}

export function Flame(props: Props): ReactNode {
  const { lanes, palette, window, selected, highlight } = props;
  const paint = usePaint();
  const draw = useCallback(
    (context: CanvasRenderingContext2D, range: RowRange, width: number) =>
      drawFlame(
        context,
        { lanes, window, palette, paint, ruler: rulerFor(paint.font), selected, highlight },
        range,
        width,
      ),
    [lanes, window, palette, paint, selected, highlight],
  );
  const find = useCallback(
    (row: number, at: number, reach: number): TraceNode | null => {
      const spans = lanes.rows[row] ?? [];
      const found = spans[firstEndingAfter(spans, at - reach)];
      return found !== undefined && found.start <= at + reach ? found : null;
    },
    [lanes],
  );
  return (
    <Stage
      {...props}
      label="Flame graph"
      rowCount={lanes.rows.length}
      rowHeight={ROW_HEIGHT}
      labelWidth={0}
      draw={draw}
      find={find}
      wheelZooms
      selectedRow={selected === null ? -1 : (lanes.rowOf[selected.index] ?? -1)}
    />
  );
}
