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

export function drawMinimap(context: CanvasRenderingContext2D, { lanes, palette, paint, whole }: MinimapScene, width: number, height: number): void {
  const rowHeight = Math.min(MOST_ROW_HEIGHT, height / Math.max(1, lanes.rows.length));
  // Of rows that fall on the same pixel one is enough.
  const stride = Math.max(1, Math.floor(lanes.rows.length / (height * 2)));
  for (let row = 0; row < lanes.rows.length; row += stride) {
    for (const bar of barsOf(lanes.rows[row] ?? [], whole, width)) {
      context.fillStyle = bar.error ? paint.error : colourOf(bar.node, palette, paint.services);
      context.fillRect(bar.x, row * rowHeight, bar.width, Math.max(1, rowHeight - 0.5));
    }
  }
}
