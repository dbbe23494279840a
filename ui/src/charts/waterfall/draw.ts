// Paints the bars of a waterfall, one row each, with their durations beside them.

import { duration } from "../../base/format.ts";
import type { TimeWindow } from "../../base/window.ts";
import type { Palette } from "../../model/palette.ts";
import { missingParts, type TraceNode } from "../../model/trace.ts";
import { LEAST_WIDTH_PX, xOf } from "../bars.ts";
import type { Paint } from "../paint.ts";
import type { RowRange } from "../stage.tsx";
import type { Ruler } from "../text-fit.ts";
import { PX_PER_TICK, ticks } from "../ticks.ts";
import { colourOf, opacityOf } from "../view.ts";

export const ROW_HEIGHT = 24;
const BAR_HEIGHT = 14;
const BAR_TOP = (ROW_HEIGHT - BAR_HEIGHT) / 2;
const GAP = 6;
const ERROR_EDGE = 3;

export interface WaterfallScene {
  readonly rows: readonly TraceNode[];
  readonly window: TimeWindow;
  readonly palette: Palette;
  readonly paint: Paint;
  readonly ruler: Ruler;
  readonly selected: TraceNode | null;
  readonly hovered: TraceNode | null;
  readonly highlight: string | null;
}

export function drawWaterfall(
  context: CanvasRenderingContext2D,
  scene: WaterfallScene,
  range: RowRange,
  width: number,
): void {
  context.font = scene.paint.font;
  context.textBaseline = "middle";
  for (let row = range.first; row < range.last; row++) {
    const node = scene.rows[row];
    if (node !== undefined) drawBackground(context, scene, node, (row - range.first) * ROW_HEIGHT, width);
  }
  drawGrid(context, scene, (range.last - range.first) * ROW_HEIGHT, width);
  for (let row = range.first; row < range.last; row++) {
    const node = scene.rows[row];
    if (node === undefined) continue;
    context.globalAlpha = opacityOf(node, scene.highlight, scene.selected);
    drawRow(context, scene, node, (row - range.first) * ROW_HEIGHT, width);
  }
  context.globalAlpha = 1;
}

function drawBackground(
  context: CanvasRenderingContext2D,
  { paint, selected, hovered }: WaterfallScene,
  node: TraceNode,
  y: number,
  width: number,
): void {
  if (node !== selected && node !== hovered) return;
  context.fillStyle = node === selected ? paint.selected : paint.hovered;
  context.fillRect(0, y, width, ROW_HEIGHT);
}

function drawGrid(
  context: CanvasRenderingContext2D,
  { window, paint }: WaterfallScene,
  height: number,
  width: number,
): void {
  context.fillStyle = paint.hairline;
  for (const { at } of ticks(window, width / PX_PER_TICK))
    context.fillRect(Math.round(xOf(at, window, width)), 0, 1, height);
}

function drawRow(
  context: CanvasRenderingContext2D,
  scene: WaterfallScene,
  node: TraceNode,
  y: number,
  width: number,
): void {
  const { window, paint, palette } = scene;
  if (node.end < window.start) return drawAway(context, scene, "‹", 0, y);
  if (node.start > window.end) return drawAway(context, scene, "›", width - scene.ruler.width("›"), y);
  const left = Math.max(0, xOf(node.start, window, width));
  const right = Math.max(left + LEAST_WIDTH_PX, Math.min(width, xOf(node.end, window, width)));
  if (node.missing !== null) {
    drawStandIn(context, paint, left, right, y);
    drawBeside(context, scene, missingParts(node.missing).why, left, right, y, width, paint.quiet);
    return;
  }
  context.fillStyle = colourOf(node, palette, paint.services);
  context.fillRect(left, y + BAR_TOP, right - left, BAR_HEIGHT);
  if (node.span.error === 1) {
    context.fillStyle = paint.error;
    context.fillRect(left, y + BAR_TOP, right - left, ERROR_EDGE);
  }
  drawBeside(context, scene, duration(node.end - node.start), left, right, y, width, paint.onService);
}

/**
 * A text inside the bar where it fits, in the colour `inside`; else right of the bar, else left, as far as there is
 * room.
 */
function drawBeside(
  context: CanvasRenderingContext2D,
  { paint, ruler }: WaterfallScene,
  text: string,
  left: number,
  right: number,
  y: number,
  width: number,
  inside: string,
): void {
  const textWidth = ruler.width(text);
  const middle = y + ROW_HEIGHT / 2 + 1;
  if (right - left >= textWidth + 2 * GAP) {
    context.fillStyle = inside;
    context.fillText(text, left + GAP, middle);
    return;
  }
  const [roomRight, roomLeft] = [width - right - GAP, left - GAP];
  const fitted = ruler.fit(text, Math.max(roomRight, roomLeft));
  const x = textWidth <= roomRight || roomRight >= roomLeft ? right + GAP : left - GAP - ruler.width(fitted);
  context.fillStyle = paint.normal;
  context.fillText(textWidth <= roomRight ? text : fitted, x, middle);
}

/** A mark at the edge for a span that is outside the window. */
function drawAway(
  context: CanvasRenderingContext2D,
  { paint }: WaterfallScene,
  mark: string,
  x: number,
  y: number,
): void {
  context.fillStyle = paint.quiet;
  context.fillText(mark, x, y + ROW_HEIGHT / 2);
}

function drawStandIn(context: CanvasRenderingContext2D, paint: Paint, left: number, right: number, y: number): void {
  context.strokeStyle = paint.quiet;
  context.lineWidth = 1;
  context.setLineDash([4, 3]);
  context.strokeRect(left + 0.5, y + BAR_TOP + 0.5, right - left - 1, BAR_HEIGHT - 1);
  context.setLineDash([]);
}
