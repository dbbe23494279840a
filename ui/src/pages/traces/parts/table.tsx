// The table of traces: only the rows in sight exist.

import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, type ReactNode, type RefObject } from "react";
import type { TraceRow } from "../../../api/traces.ts";
import { rememberedScroll } from "../../../base/location.ts";
import { paletteOf } from "../../../model/palette.ts";
import { useMediaQuery } from "../../../widgets/use-media-query.ts";
import { useNow } from "../../../widgets/use-now.ts";
import { Row } from "./row.tsx";

interface Props {
  readonly rows: readonly TraceRow[];
  readonly selected: string | null;
  /** Whether the rows may be out of date. */
  readonly stale: boolean;
  /** Whether there are older ones to load. */
  readonly more: boolean;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onScroll: () => void;
  /** Called with the id of the trace that a button is pressed on: it will be opened when the button is let go. */
  readonly onPress: (traceId: string) => void;
  readonly onOpen: (row: TraceRow) => void;
  /** Called when the last rows come into sight. */
  readonly onEnd: () => void;
}

/** Pixels, as the tokens --row and --row-tall have them; tall on a phone, where a trace takes two lines. */
const ROW_HEIGHT = 28;
const TALL_ROW_HEIGHT = 48;
const PHONE = "(max-width: 640px)";
const OVERSCAN_ROWS = 15;
/** Older rows are asked for when so many are left below the screen. */
const ROWS_AHEAD = 30;

export function TraceTable({
  rows,
  selected,
  stale,
  more,
  scroller,
  onScroll,
  onPress,
  onOpen,
  onEnd,
}: Props): ReactNode {
  const now = useNow(1_000);
  const palette = useMemo(() => paletteOf(rows.flatMap((row) => row.services)), [rows]);
  const longest = useMemo(() => rows.reduce((most, row) => Math.max(most, Number(row.duration)), 1), [rows]);
  const rowHeight = useMediaQuery(PHONE) ? TALL_ROW_HEIGHT : ROW_HEIGHT;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN_ROWS,
    getItemKey: (index) => rows[index]?.trace_id ?? index,
  });
  const items = virtualizer.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;

  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  useLayoutEffect(() => {
    if (scroller.current !== null) scroller.current.scrollTop = rememberedScroll();
  }, [scroller]);
  useEffect(() => {
    if (more && lastSeen >= rows.length - ROWS_AHEAD) onEnd();
  }, [more, lastSeen, rows.length, onEnd]);
  const selectedIndex = rows.findIndex((row) => row.trace_id === selected);
  useEffect(() => {
    if (selectedIndex >= 0) virtualizer.scrollToIndex(selectedIndex, { align: "auto" });
  }, [virtualizer, selectedIndex]);

  return (
    <div
      className={`table ${stale ? "is-stale" : ""}`}
      role="table"
      aria-label="Traces, newest first"
      aria-rowcount={rows.length}
    >
      <div className="table-head" role="row">
        <span role="columnheader">Time</span>
        <span role="columnheader">Service</span>
        <span role="columnheader">Resource</span>
        <span
          role="columnheader"
          className="number"
          title="From the earliest start to the latest end of the trace's spans; the bar is to the scale of what is listed"
        >
          Duration
        </span>
        <span role="columnheader" />
        <span role="columnheader" className="number" title="Spans received so far">
          Spans
        </span>
        <span role="columnheader" title="HTTP status of the root span, and spans with an error">
          Status
        </span>
        <span role="columnheader" title="Services with spans in the trace">
          Services
        </span>
      </div>
      <div className="table-body" ref={scroller} onScroll={onScroll} role="rowgroup">
        <div style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            return (
              row !== undefined && (
                <Row
                  key={item.key}
                  row={row}
                  top={item.start}
                  now={now}
                  palette={palette}
                  longest={longest}
                  selected={row.trace_id === selected}
                  onPress={onPress}
                  onOpen={onOpen}
                />
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}
