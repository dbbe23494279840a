// The address of a trace page: everything a colleague should see who is sent the link.
//
//   /apm/trace/<id>?spanID=<span>&graphType=flamegraph&window=<start>-<end>&collapsed=<span>,<span>
//
// `spanID` and `graphType` are Datadog's own names; the window is in nanoseconds from the trace's start.

import type { Address } from "../../base/location.ts";
import type { TimeWindow } from "../../base/window.ts";
import { TRACE_PREFIX } from "../addresses.ts";

export type TraceView = "waterfall" | "flamegraph";

export interface TraceState {
  readonly traceId: string;
  /** Key of the selected span; null for none. */
  readonly selected: string | null;
  readonly view: TraceView;
  /** The stretch that is looked at; null for the whole trace. */
  readonly window: TimeWindow | null;
  readonly collapsed: readonly string[];
}

/**
 * Addresses must survive being pasted and sent: with 20 digits each, so many ids are 6 KiB. Past it the row closed
 * first opens again.
 */
const MOST_COLLAPSED = 300;

/** What an address asks for; null if it is not that of a trace. What it says wrongly is left out. */
export function readTraceUrl({ path, query }: Address): TraceState | null {
  if (!path.startsWith(TRACE_PREFIX)) return null;
  const traceId = decode(path.slice(TRACE_PREFIX.length));
  if (traceId === "" || traceId.includes("/")) return null;
  const parameters = new URLSearchParams(query);
  return {
    traceId,
    selected: parameters.get("spanID"),
    view: parameters.get("graphType") === "flamegraph" ? "flamegraph" : "waterfall",
    window: readWindow(parameters.get("window")),
    collapsed: parameters.get("collapsed")?.split(",").filter(Boolean) ?? [],
  };
}

/** The address of that state. What is as usual is left out. */
export function writeTraceUrl({ traceId, selected, view, window, collapsed }: TraceState): string {
  const parameters = new URLSearchParams();
  if (selected !== null) parameters.set("spanID", selected);
  if (view !== "waterfall") parameters.set("graphType", view);
  if (window !== null) parameters.set("window", `${Math.round(window.start)}-${Math.round(window.end)}`);
  if (collapsed.length > 0) parameters.set("collapsed", collapsed.slice(-MOST_COLLAPSED).join(","));
  // Commas are legal in a query and much easier to read than %2C.
  const query = parameters.toString().replaceAll("%2C", ",");
  return `${TRACE_PREFIX}${encodeURIComponent(traceId)}${query === "" ? "" : `?${query}`}`;
}

function readWindow(text: string | null): TimeWindow | null {
  const found = /^(\d{1,18})-(\d{1,18})$/.exec(text ?? "");
  if (found === null) return null;
  const [start, end] = [Number(found[1]), Number(found[2])];
  return end > start ? { start, end } : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
