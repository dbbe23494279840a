// The ruler above the rows: times at round values.

import { useCallback, useRef, type ReactNode } from "react";
import type { TimeWindow } from "../base/window.ts";
import { useSize } from "../widgets/use-size.ts";
import { xOf } from "./bars.ts";
import { Canvas } from "./canvas.tsx";
import { usePaint } from "./paint.ts";
import { rulerFor } from "./text-fit.ts";
import { PX_PER_TICK, ticks } from "./ticks.ts";

const HEIGHT = 20;

export function Axis({ window, left }: { readonly window: TimeWindow; readonly left: number }): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const { width: boxWidth } = useSize(box);
  const paint = usePaint();
  const width = Math.max(0, boxWidth - left);
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const ruler = rulerFor(paint.font);
      context.font = paint.font;
      context.textBaseline = "middle";
      for (const { at, label } of ticks(window, width / PX_PER_TICK)) {
        const x = Math.round(xOf(at, window, width));
        context.fillStyle = paint.hairlineStrong;
        context.fillRect(x, HEIGHT - 5, 1, 5);
        context.fillStyle = paint.quiet;
        // Labels stay within the plot: the last one stands left of its tick.
        const room = ruler.width(label) + 4;
        context.fillText(label, x + room <= width ? x + 4 : x - room, HEIGHT / 2);
      }
    },
    [window, width, paint],
  );
  return (
    <div className="axis" ref={box} style={{ height: HEIGHT, paddingLeft: left }}>
      <Canvas width={width} height={HEIGHT} draw={draw} />
    </div>
  );
}
