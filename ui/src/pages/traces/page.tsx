// The list of the newest traces.

import { useCallback, useEffect, useMemo, useRef, type ReactNode } from "react";
import { count } from "../../base/format.ts";
import { open, rememberScroll, rewrite } from "../../base/location.ts";
import { waitingCount, type Feed } from "../../model/feed.ts";
import type { TraceRow } from "../../api/traces.ts";
import { useKeyboard } from "../../widgets/keyboard.tsx";
import { Progress } from "../../widgets/progress.tsx";
import { traceAddress } from "../addresses.ts";
import { Failure } from "../failure.tsx";
import { usePrefetchTrace } from "../trace-query.ts";
import { listBindings } from "./keys.ts";
import { EmptyList } from "./parts/empty.tsx";
import { TraceTable } from "./parts/table.tsx";
import { useFeed, useOlder, useShowWaiting } from "./queries.ts";
import { writeTracesUrl, type TracesState } from "./url.ts";
import "./traces.css";

export function TracesPage({ selected }: TracesState): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const reading = useRef(selected !== null);
  const feed = useFeed(reading);
  const showWaiting = useShowWaiting();
  const older = useOlder();
  const prefetch = usePrefetchTrace();
  const rows = feed.data?.rows ?? NO_ROWS;

  const noteReading = useCallback(() => {
    reading.current = selected !== null || (scroller.current?.scrollTop ?? 0) > 0;
  }, [selected]);
  useEffect(noteReading, [noteReading]);
  useEffect(() => {
    document.title = "Traces · Tracehound";
  }, []);

  const select = useCallback(
    (row: TraceRow | null) => rewrite(writeTracesUrl({ selected: row?.trace_id ?? null })),
    [],
  );
  const openRow = useCallback(
    (row: TraceRow) => {
      prefetch(row.trace_id);
      select(row);
      rememberScroll(scroller.current?.scrollTop ?? 0);
      open(traceAddress(row.trace_id));
    },
    [select, prefetch],
  );
  const showNew = useCallback(() => {
    select(null);
    showWaiting();
    if (scroller.current !== null) scroller.current.scrollTop = 0;
  }, [select, showWaiting]);

  const bindings = useMemo(
    () => listBindings({ rows, selected, select, open: openRow, showNew }),
    [rows, selected, select, openRow, showNew],
  );
  useKeyboard("List of traces", bindings);

  return (
    <main className="traces">
      <Progress active={feed.isPending || older.loading} />
      <header className="page-head">
        <h1>Traces</h1>
        {feed.data !== undefined && <NewRows feed={feed.data} onShow={showNew} />}
      </header>
      {feed.data !== undefined && rows.length === 0 && <EmptyList />}
      {feed.data === undefined && feed.error === null && <Skeleton />}
      {rows.length > 0 && (
        <TraceTable
          rows={rows}
          selected={selected}
          stale={feed.error !== null}
          more={feed.data?.next !== null}
          scroller={scroller}
          onScroll={noteReading}
          onPress={prefetch}
          onOpen={openRow}
          onEnd={older.load}
        />
      )}
      {/* Below the rows: above them it would push away what is being read. */}
      {feed.error !== null && <Failure error={feed.error} lastAnswer={feed.dataUpdatedAt} />}
    </main>
  );
}

const NO_ROWS: readonly TraceRow[] = [];

/** "12 new": rows that wait so as not to move what is being read. */
function NewRows({ feed, onShow }: { readonly feed: Feed; readonly onShow: () => void }): ReactNode {
  const waiting = waitingCount(feed);
  if (waiting.count === 0) return null;
  return (
    <button
      type="button"
      className="new-rows"
      onClick={onShow}
      title={`Show ${count(waiting.count, "new trace")} at the top`}
    >
      {`${waiting.count}${waiting.more ? "+" : ""} new`}
    </button>
  );
}

function Skeleton(): ReactNode {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: 8 }, (_, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- bars without content
        <div key={i} />
      ))}
    </div>
  );
}
