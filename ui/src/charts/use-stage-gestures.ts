// What wheel and pointer do on a stage: zoom at the cursor, pan by dragging, select by clicking.

import { useEffect, useRef, type PointerEvent, type RefObject } from "react";
import { pan, zoom, type TimeWindow } from "../base/window.ts";
import type { TraceNode } from "../model/trace.ts";

interface Options {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly labelWidth: number;
  /** Width of the plot, in pixels. */
  readonly width: number;
  readonly window: TimeWindow;
  readonly whole: TimeWindow;
  readonly wheelZooms: boolean;
  readonly nodeAt: (clientX: number, clientY: number) => TraceNode | null;
  readonly hover: (node: TraceNode | null, x: number, y: number) => void;
  readonly onWindow: (window: TimeWindow) => void;
  readonly onSelect: (node: TraceNode | null) => void;
}

/** A press that moves no further is a click. */
const CLICK_SLACK_PX = 4;

/** Zoom per pixel of wheel: a notch of 100 px zooms by about a quarter. */
const ZOOM_PER_PX = 0.0022;

/** Firefox counts some wheels in lines. */
const PX_PER_LINE = 16;

interface Drag {
  readonly x: number;
  readonly y: number;
  readonly window: TimeWindow;
  readonly scrollTop: number;
  moved: boolean;
}

export function useStageGestures(options: Options) {
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  useWheel(latest);
  const drag = useRef<Drag | null>(null);

  const down = (event: PointerEvent<HTMLDivElement>): void => {
    const { window, labelWidth } = options;
    const { clientWidth, scrollTop } = event.currentTarget;
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    // The labels have their own buttons, and the scroll bar is the browser's.
    if (event.button !== 0 || x < labelWidth || x > clientWidth) return;
    drag.current = { x: event.clientX, y: event.clientY, window, scrollTop, moved: false };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent<HTMLDivElement>): void => {
    const { width, whole, nodeAt, hover, onWindow } = options;
    const from = drag.current;
    if (from === null) {
      hover(nodeAt(event.clientX, event.clientY), event.clientX, event.clientY);
      return;
    }
    const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
    from.moved ||= Math.hypot(dx, dy) > CLICK_SLACK_PX;
    if (!from.moved || width === 0) return;
    hover(null, 0, 0);
    event.currentTarget.scrollTop = from.scrollTop - dy;
    onWindow(pan(from.window, whole, (-dx / width) * (from.window.end - from.window.start)));
  };
  const up = (event: PointerEvent<HTMLDivElement>): void => {
    const from = drag.current;
    drag.current = null;
    if (from !== null && !from.moved) options.onSelect(options.nodeAt(event.clientX, event.clientY));
  };
  return {
    onPointerDown: down,
    onPointerMove: move,
    onPointerUp: up,
    onPointerCancel: () => {
      drag.current = null;
    },
    onPointerLeave: () => options.hover(null, 0, 0),
  };
}

/** React's own wheel listeners are passive, and a passive one cannot keep the page from scrolling. */
function useWheel(latest: RefObject<Options>): void {
  const { scroller } = latest.current;
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const turn = (event: WheelEvent): void => {
      const { width, window, whole, wheelZooms, labelWidth, onWindow } = latest.current;
      const x = event.clientX - element.getBoundingClientRect().left - labelWidth;
      if (width === 0 || x < 0) return;
      const scale = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? PX_PER_LINE : 1;
      const [dx, dy] = [event.deltaX * scale, event.deltaY * scale];
      const perPixel = (window.end - window.start) / width;
      if (event.shiftKey || Math.abs(dx) > Math.abs(dy)) {
        onWindow(pan(window, whole, (dx === 0 ? dy : dx) * perPixel));
      } else if (wheelZooms || event.ctrlKey || event.altKey) {
        onWindow(zoom(window, whole, window.start + x * perPixel, Math.exp(dy * ZOOM_PER_PX)));
      } else {
        return;
      }
      event.preventDefault();
    };
    element.addEventListener("wheel", turn, { passive: false });
    return () => element.removeEventListener("wheel", turn);
  }, [latest, scroller]);
}
