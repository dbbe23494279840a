// The stage on which waterfall and flame graph play: rows that scroll, time that zooms and pans, a pointer that finds
// spans.
//
// Only the rows in sight (and a few around them) are drawn, on a canvas that stands among the rows and scrolls with
// them.

import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode, type RefObject } from "react";
import type { TimeWindow } from "../base/window.ts";
import type { TraceNode } from "../model/trace.ts";
import { useSize } from "../widgets/use-size.ts";
import { timeAt } from "./bars.ts";
import { Canvas } from "./canvas.tsx";
import { HoverCard } from "./hover-card.tsx";
import { useStageGestures } from "./use-stage-gestures.ts";

/** The rows that are drawn: from `first` up to, not including, `last`. */
export interface RowRange {
  readonly first: number;
  readonly last: number;
}

/** What a drawing has to give to the stage. */
export interface StageProps {
  readonly rowCount: number;
  readonly rowHeight: number;
  /** Width of the column of labels at the left, in pixels. */
  readonly labelWidth: number;
  readonly window: TimeWindow;
  readonly whole: TimeWindow;
  /** Draws rows; y counts from the first of the range. */
  readonly draw: (context: CanvasRenderingContext2D, range: RowRange, width: number) => void;
  /** The span at a row and time, with how many nanoseconds beside it still count as it. */
  readonly find: (row: number, at: number, reach: number) => TraceNode | null;
  /** What stands in the column of labels. */
  readonly labels?: (range: RowRange) => ReactNode;
  /** Whether the plain wheel zooms; else it scrolls, and zooms with control or alt held. */
  readonly wheelZooms: boolean;
  /** The row to keep in sight. */
  readonly selectedRow: number;
  readonly onWindow: (window: TimeWindow) => void;
  readonly onSelect: (node: TraceNode | null) => void;
  readonly onHover: (node: TraceNode | null) => void;
  readonly card: (node: TraceNode) => ReactNode;
  /** Told after each drawing that had rows to show. */
  readonly onDrawn: () => void;
  readonly label: string;
}

/** How far beside a span, in pixels, the pointer still finds it. */
const REACH_PX = 3;

export function Stage(props: StageProps): ReactNode {
  const { rowCount, rowHeight, labelWidth, window, draw, find, labels, selectedRow, onHover, onDrawn } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const size = useSize(scroller);
  const range = useRowRange(scroller, rowCount, rowHeight, selectedRow);
  const width = Math.max(0, size.width - labelWidth);
  const [hovered, setHovered] = useState<{ node: TraceNode; x: number; y: number } | null>(null);

  const nodeAt = useCallback(
    (clientX: number, clientY: number): TraceNode | null => {
      const box = scroller.current?.getBoundingClientRect();
      if (scroller.current === null || box === undefined || width === 0) return null;
      const x = clientX - box.left - labelWidth;
      if (x < 0 || x > width) return null;
      const row = Math.floor((clientY - box.top + scroller.current.scrollTop) / rowHeight);
      const reach = (REACH_PX / width) * (window.end - window.start);
      return find(row, timeAt(x, window, width), reach);
    },
    [find, labelWidth, rowHeight, width, window],
  );
  const hover = (node: TraceNode | null, x: number, y: number): void => {
    setHovered(node === null ? null : { node, x, y });
    onHover(node);
  };
  const gestures = useStageGestures({ ...props, scroller, width, nodeAt, hover });

  const drawRange = useCallback(
    (context: CanvasRenderingContext2D) => draw(context, range, width),
    [draw, range, width],
  );
  useEffect(() => {
    if (width > 0 && range.last > range.first) onDrawn();
  }, [width, range, onDrawn]);

  return (
    <div className="stage" ref={scroller} role="group" aria-label={props.label} {...gestures}>
      <div className="stage-rows" style={{ height: rowCount * rowHeight }}>
        {labels?.(range)}
        <div className="stage-plot" style={{ left: labelWidth }}>
          <Canvas
            width={width}
            height={(range.last - range.first) * rowHeight}
            top={range.first * rowHeight}
            draw={drawRange}
          />
        </div>
      </div>
      {hovered !== null && (
        <HoverCard x={hovered.x} y={hovered.y}>
          {props.card(hovered.node)}
        </HoverCard>
      )}
    </div>
  );
}

/** Rows drawn beyond those in sight, so that a scroll shows no white before the next frame. */
const OVERSCAN_ROWS = 12;

function useRowRange(
  scroller: RefObject<HTMLDivElement | null>,
  rowCount: number,
  rowHeight: number,
  selectedRow: number,
): RowRange {
  const virtualizer = useVirtualizer({
    count: rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN_ROWS,
  });
  useEffect(() => {
    if (selectedRow >= 0) virtualizer.scrollToIndex(selectedRow, { align: "auto" });
  }, [virtualizer, selectedRow]);
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = (items.at(-1)?.index ?? -1) + 1;
  return useMemo(() => ({ first, last }), [first, last]);
}
