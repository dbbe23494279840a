// How a trace is asked for: by its own page, and a moment earlier by whoever sees that it is about to be opened.

import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { ApiError } from "../api/client.ts";
import { fetchTrace } from "../api/trace.ts";
import { toMillis } from "../base/time.ts";
import type { TraceModel } from "../model/trace.ts";
import { buildTrace } from "../model/tree.ts";

/** How soon a trace is asked for again that is not there yet or not whole, or whose server is away. */
const AGAIN_MS = 2_000;

/** Tracers send parts of a trace seconds after each other; what ended longer ago is taken as whole. */
const ARRIVING_MS = 15_000;

/** Larger traces are not asked for again by themselves: each answer weighs megabytes. */
const MOST_SPANS_AGAIN = 2_000;

/** An answer is taken as new for so long: from the press of a button to the page that it opens. */
const FRESH_MS = 1_000;

export function traceQuery(traceId: string) {
  return queryOptions({
    queryKey: ["trace", traceId],
    // Checked and laid out in one go, so that what is cached is what is drawn.
    queryFn: async ({ client, queryKey, signal }) => {
      const model = buildTrace(await fetchTrace(traceId, signal));
      const known = client.getQueryData<TraceModel>(queryKey);
      return known !== undefined && isSame(known, model) ? known : model;
    },
    structuralSharing: false,
    staleTime: FRESH_MS,
    retry: false,
    refetchInterval: ({ state }) => (shouldRetry(state.error) || isArriving(state.data, Date.now()) ? AGAIN_MS : false),
  });
}

/** Asks for a trace that will be opened. A failure is left for its page to meet and to show. */
export function usePrefetchTrace(): (traceId: string) => void {
  const client = useQueryClient();
  return useCallback((traceId: string) => void client.prefetchQuery(traceQuery(traceId)), [client]);
}

/** Whether a trace has gained nothing: spans are only ever added, or replaced by their final version. */
function isSame(one: TraceModel, other: TraceModel): boolean {
  return (
    one.traceId === other.traceId &&
    one.spanCount === other.spanCount &&
    one.errorCount === other.errorCount &&
    one.duration === other.duration
  );
}

function isArriving(model: TraceModel | undefined, nowMillis: number): boolean {
  if (model === undefined || model.spanCount > MOST_SPANS_AGAIN) return false;
  return nowMillis - (toMillis(model.start) + model.duration / 1e6) < ARRIVING_MS;
}

/** Spans reach the server a second or so after they end, so an unknown trace may become known. */
function shouldRetry(error: Error | null): boolean {
  return error instanceof ApiError && (error.passing || error.status === 404);
}
