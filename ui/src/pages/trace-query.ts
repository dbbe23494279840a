// How a trace is asked for: by its own page, and a moment earlier by whoever sees that it is about to be opened.

import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { ApiError } from "../api/client.ts";
import { fetchTrace } from "../api/trace.ts";
import { buildTrace } from "../model/tree.ts";

/** How soon a trace is asked for again that is not there yet, or whose server is away. */
const RETRY_MS = 2_000;

/** An answer is taken as new for so long: from the press of a button to the page that it opens. */
const FRESH_MS = 1_000;

export function traceQuery(traceId: string) {
  return queryOptions({
    queryKey: ["trace", traceId],
    // Checked and laid out in one go, so that what is cached is what is drawn.
    queryFn: async ({ signal }) => buildTrace(await fetchTrace(traceId, signal)),
    staleTime: FRESH_MS,
    retry: false,
    refetchInterval: ({ state }) => (shouldRetry(state.error) ? RETRY_MS : false),
  });
}

/** Asks for a trace that will be opened. A failure is left for its page to meet and to show. */
export function usePrefetchTrace(): (traceId: string) => void {
  const client = useQueryClient();
  return useCallback((traceId: string) => void client.prefetchQuery(traceQuery(traceId)), [client]);
}

/** Spans reach the server a second or so after they end, so an unknown trace may become known. */
function shouldRetry(error: Error | null): boolean {
  return error instanceof ApiError && (error.passing || error.status === 404);
}
