// What both drawings of a trace are given: the same window, the same selection.

import type { ReactNode } from "react";
import type { TimeWindow } from "../base/window.ts";
import type { Palette } from "../model/palette.ts";
import type { TraceNode } from "../model/trace.ts";

export interface ViewProps {
  readonly palette: Palette;
  readonly window: TimeWindow;
  readonly whole: TimeWindow;
  readonly selected: TraceNode | null;
  /** The service that stands out while the others fade; null for none. */
  readonly highlight: string | null;
  readonly onWindow: (window: TimeWindow) => void;
  readonly onSelect: (node: TraceNode | null) => void;
  readonly onHover: (node: TraceNode | null) => void;
  readonly onDrawn: () => void;
  /** What the card next to the pointer says. */
  readonly card: (node: TraceNode) => ReactNode;
}

/** How much of a span is left to see when another service stands out. */
export const FADED = 0.4;

/** 1, or {@link FADED} where another service stands out; the selected span never fades. */
export function opacityOf(node: TraceNode, highlight: string | null, selected: TraceNode | null): number {
  return highlight === null || node === selected || node.span?.service === highlight ? 1 : FADED;
}

/** The colour of a node's service; of a stand-in, none. */
export function colourOf(node: TraceNode, palette: Palette, services: readonly string[]): string {
  const index = node.span === null ? undefined : palette.get(node.span.service);
  return (index === undefined ? undefined : services[index]) ?? "transparent";
}
