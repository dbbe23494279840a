// Paints the whole flame graph a few pixels high.

import type { TimeWindow } from "../../base/window.ts";
import type { Palette } from "../../model/palette.ts";
import { barsOf } from "../bars.ts";
import type { Lanes } from "../flame/lanes.ts";
import type { Paint } from "../paint.ts";
import { colourOf } from "../view.ts";

export interface MinimapScene {
  readonly lanes: Lanes;
  readonly palette: Palette;
  readonly paint: Paint;
  readonly whole: TimeWindow;
}

/** A row is never higher than this, so that a small trace looks small. */
const MOST_ROW_HEIGHT = 4;

/**
 * Of deeper graphs some rows are left out: dozens fall on each pixel anyhow, and each may have a bar per pixel of
 * width.
 */
const MOST_ROWS = 1_000;

export function drawMinimap(
  context: CanvasRenderingContext2D,
  { lanes, palette, paint, whole }: MinimapScene,
  width: number,
  height: number,
): void {
  const rowHeight = Math.min(MOST_ROW_HEIGHT, height / Math.max(1, lanes.rows.length));
  const stride = Math.ceil(lanes.rows.length / MOST_ROWS);
  for (let row = 0; row < lanes.rows.length; row += stride) {
    for (const bar of barsOf(lanes.rows[row] ?? [], whole, width)) {
      context.fillStyle = bar.error ? paint.error : colourOf(bar.node, palette, paint.services);
      context.fillRect(bar.x, row * rowHeight, bar.width, Math.max(1, rowHeight - 0.5));
    }
  }
}
