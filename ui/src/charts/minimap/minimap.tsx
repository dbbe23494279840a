// The whole trace in a strip, with the window that is looked at: drag the window to move it, drag beside it to choose
// another.

import { useCallback, useRef, type PointerEvent, type ReactNode } from "react";
import { isWhole, NARROWEST_NS, pan, within, type TimeWindow } from "../../base/window.ts";
import type { Palette } from "../../model/palette.ts";
import { useSize } from "../../widgets/use-size.ts";
import { timeAt, xOf } from "../bars.ts";
import { Canvas } from "../canvas.tsx";
import type { Lanes } from "../flame/lanes.ts";
import { usePaint } from "../paint.ts";
import { drawMinimap } from "./draw.ts";

interface Props {
  readonly lanes: Lanes;
  readonly palette: Palette;
  readonly window: TimeWindow;
  readonly whole: TimeWindow;
  readonly onWindow: (window: TimeWindow) => void;
}

const HEIGHT = 36;

interface Drag {
  readonly x: number;
  readonly window: TimeWindow;
  /** Whether the window is moved; else a new one is chosen. */
  readonly moves: boolean;
}

export function Minimap({ lanes, palette, window, whole, onWindow }: Props): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | null>(null);
  const { width } = useSize(box);
  const paint = usePaint();
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => drawMinimap(context, { lanes, palette, paint, whole }, width, HEIGHT),
    [lanes, palette, paint, whole, width],
  );

  const place = (event: PointerEvent): number => event.clientX - (box.current?.getBoundingClientRect().left ?? 0);
  const down = (event: PointerEvent<HTMLDivElement>): void => {
    const x = place(event);
    const at = timeAt(x, whole, width);
    const moves = !isWhole(window, whole) && at >= window.start && at <= window.end;
    drag.current = { x, window, moves };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    const from = drag.current;
    if (from === null || width === 0) return;
    const x = place(event);
    if (from.moves) onWindow(pan(from.window, whole, ((x - from.x) / width) * (whole.end - whole.start)));
    else onWindow(between(timeAt(from.x, whole, width), timeAt(x, whole, width), whole));
  };
  const stop = (): void => {
    drag.current = null;
  };

  const left = xOf(window.start, whole, width);
  const right = xOf(window.end, whole, width);
  return (
    <div
      className="minimap"
      ref={box}
      style={{ height: HEIGHT }}
      title="Drag to choose a stretch of time; double-click for all of it"
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={stop}
      onPointerCancel={stop}
      onDoubleClick={() => onWindow(whole)}
    >
      <Canvas width={width} height={HEIGHT} draw={draw} />
      {!isWhole(window, whole) && (
        <>
          <div className="minimap-shade" style={{ left: 0, width: left }} />
          <div className="minimap-shade" style={{ left: right, width: width - right }} />
          <div className="minimap-window" style={{ left, width: Math.max(2, right - left) }} />
        </>
      )}
    </div>
  );
}

function between(one: number, other: number, whole: TimeWindow): TimeWindow {
  const start = Math.min(one, other);
  return within({ start, end: Math.max(start + NARROWEST_NS, one, other) }, whole);
}
