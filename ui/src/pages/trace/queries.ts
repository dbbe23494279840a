// How the trace page asks for its trace.

import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { ApiError } from "../../api/client.ts";
import { fetchTrace } from "../../api/trace.ts";
import type { TraceModel } from "../../model/trace.ts";
import { buildTrace } from "../../model/tree.ts";

/** How soon a trace is asked for again that is not there yet, or whose server is away. */
const RETRY_MS = 2_000;

export function useTrace(traceId: string): UseQueryResult<TraceModel> {
  return useQuery({
    queryKey: ["trace", traceId],
    // Checked and laid out in one go, so that what is cached is what is drawn.
    queryFn: async ({ signal }) => buildTrace(await fetchTrace(traceId, signal)),
    retry: false,
    refetchInterval: ({ state }) => (shouldRetry(state.error) ? RETRY_MS : false),
  });
}

/** Spans reach the server a second or so after they end, so an unknown trace may become known. */
export function shouldRetry(error: Error | null): boolean {
  return error instanceof ApiError && (error.passing || error.status === 404);
}
