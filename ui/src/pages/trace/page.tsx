// One trace: head, drawing, span panel, and who took the time.

import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, type ReactNode } from "react";
import { rewrite } from "../../base/location.ts";
import { Progress } from "../../widgets/progress.tsx";
import { traceQuery } from "../trace-query.ts";
import { TraceFailure } from "./parts/failure.tsx";
import { TraceBody } from "./parts/body.tsx";
import { writeTraceUrl, type TraceState } from "./url.ts";
import "./trace.css";

export function TracePage({ state }: { readonly state: TraceState }): ReactNode {
  const { data: model, error, isPending } = useQuery(traceQuery(state.traceId));
  useEffect(() => {
    document.title = `${model?.root?.span.resource ?? "Trace"} · Tracehound`;
  }, [model]);
  const change = useMemo(() => (part: Partial<TraceState>) => rewrite(writeTraceUrl({ ...state, ...part })), [state]);
  return (
    <main className="trace">
      <Progress active={isPending} />
      {model !== undefined && <TraceBody model={model} state={state} onChange={change} />}
      {error !== null && <TraceFailure error={error} traceId={state.traceId} />}
    </main>
  );
}
