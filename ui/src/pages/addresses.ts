// Where the pages are. Pages link to each other through here, so that none has to know another.

export const TRACES_PATH = "/apm/traces";

export const TRACE_PREFIX = "/apm/trace/";

/** The address of a trace as it is opened first, at `spanId` if one is meant. */
export function traceAddress(traceId: string, spanId: string | null = null): string {
  const address = TRACE_PREFIX + encodeURIComponent(traceId);
  return spanId === null ? address : `${address}?${new URLSearchParams({ spanID: spanId })}`;
}
