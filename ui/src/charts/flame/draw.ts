// Paints the rows of a flame graph.

import { duration } from "../../base/format.ts";
import { visible } from "../../base/text.ts";
import type { TimeWindow } from "../../base/window.ts";
import type { Palette } from "../../model/palette.ts";
import { ancestors, type TraceNode } from "../../model/trace.ts";
import { barsOf, type Bar } from "../bars.ts";
import type { Paint } from "../paint.ts";
import type { RowRange } from "../stage.tsx";
import type { Ruler } from "../text-fit.ts";
import { colourOf, opacityOf } from "../view.ts";
import type { Lanes } from "./lanes.ts";

export const ROW_HEIGHT = 20;
const BAR_HEIGHT = 18;
const PADDING = 4;
/** Room below which a bar carries no text. */
const LEAST_LABEL = 26;
const ERROR_EDGE = 3;
/** More are wider than any screen. */
const MOST_CHARACTERS = 400;

export interface FlameScene {
  readonly lanes: Lanes;
  readonly window: TimeWindow;
  readonly palette: Palette;
  readonly paint: Paint;
  readonly ruler: Ruler;
  readonly selected: TraceNode | null;
  readonly highlight: string | null;
}

export function drawFlame(context: CanvasRenderingContext2D, scene: FlameScene, range: RowRange, width: number): void {
  context.font = scene.paint.font;
  context.textBaseline = "middle";
  const path = new Set(scene.selected === null ? [] : [scene.selected, ...ancestors(scene.selected)]);
  for (let row = range.first; row < range.last; row++) {
    const y = (row - range.first) * ROW_HEIGHT;
    for (const bar of barsOf(scene.lanes.rows[row] ?? [], scene.window, width)) {
      context.globalAlpha = opacityOf(bar.node, scene.highlight, scene.selected);
      if (bar.node.missing === null) drawBar(context, scene, bar, y);
      else drawStandIn(context, scene, bar, y);
      context.globalAlpha = 1;
      if (path.has(bar.node)) drawOutline(context, scene, bar, y);
    }
  }
}

function drawBar(context: CanvasRenderingContext2D, scene: FlameScene, bar: Bar, y: number): void {
  const { paint, palette, ruler } = scene;
  const gap = bar.width > 3 ? 1 : 0;
  context.fillStyle = colourOf(bar.node, palette, paint.services);
  context.fillRect(bar.x, y, bar.width - gap, BAR_HEIGHT);
  if (bar.error) {
    context.fillStyle = paint.error;
    context.fillRect(bar.x, y, bar.width - gap, ERROR_EDGE);
  }
  if (bar.width < LEAST_LABEL) return;
  context.fillStyle = paint.onService;
  const text = labelOf(bar.node, bar.error, ruler, bar.width - gap - 2 * PADDING);
  context.fillText(text, bar.x + PADDING, y + BAR_HEIGHT / 2 + 1);
  const time = duration(bar.node.end - bar.node.start);
  const timeX = bar.x + bar.width - gap - PADDING - ruler.width(time);
  if (timeX > bar.x + 4 * PADDING + ruler.width(text)) context.fillText(time, timeX, y + BAR_HEIGHT / 2 + 1);
}

/** Operation and resource where both fit, else the resource, cut as far as needed: it says more than the operation. */
function labelOf({ span }: TraceNode, error: boolean, ruler: Ruler, room: number): string {
  if (span === null) return "";
  const mark = error ? "✕ " : "";
  const [name, resource] = [visible(span.name), visible(span.resource)];
  if (resource === name || resource === "") return ruler.fit(mark + name, room);
  const both = `${mark}${name}  ${resource}`;
  return both.length <= MOST_CHARACTERS && ruler.width(both) <= room ? both : ruler.fit(mark + resource, room);
}

function drawStandIn(context: CanvasRenderingContext2D, { paint, ruler }: FlameScene, bar: Bar, y: number): void {
  context.strokeStyle = paint.quiet;
  context.lineWidth = 1;
  context.setLineDash([4, 3]);
  context.strokeRect(bar.x + 0.5, y + 0.5, Math.max(1, bar.width - 2), BAR_HEIGHT - 1);
  context.setLineDash([]);
  context.fillStyle = paint.quiet;
  context.fillText(ruler.fit("missing parent", bar.width - 2 * PADDING), bar.x + PADDING, y + BAR_HEIGHT / 2 + 1);
}

/** The selected span is framed strongly, the way from it to the root thinly. */
function drawOutline(context: CanvasRenderingContext2D, { paint, selected }: FlameScene, bar: Bar, y: number): void {
  const isSelected = bar.node === selected;
  context.strokeStyle = isSelected ? paint.strong : paint.accent;
  context.lineWidth = isSelected ? 2 : 1;
  const inset = context.lineWidth / 2;
  context.strokeRect(bar.x + inset, y + inset, Math.max(1, bar.width - 1 - 2 * inset), BAR_HEIGHT - 2 * inset);
}
