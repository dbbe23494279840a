// Which of the twenty service colours a service has: by its name, so that it keeps it, and no two alike in one view
// while there are free ones.

import { hash } from "../base/hash.ts";

/** As many as the theme has `--service-N` tokens. */
export const PALETTE_SIZE = 20;

/** Index of the colour of each service, 0 to {@link PALETTE_SIZE} − 1. */
export type Palette = ReadonlyMap<string, number>;

/** Colours for the services of one view. Names are settled in order, so the same set always gives the same colours. */
export function paletteOf(services: Iterable<string>): Palette {
  const palette = new Map<string, number>();
  const taken = new Set<number>();
  const displaced: string[] = [];
  for (const service of [...new Set(services)].toSorted()) {
    const own = ownColour(service);
    if (taken.has(own)) displaced.push(service);
    else palette.set(service, own);
    taken.add(own);
  }
  // Only now, so that nobody loses its own colour to a name that had to give way.
  for (const service of displaced) {
    const colour = freeColour(ownColour(service), taken);
    palette.set(service, colour);
    taken.add(colour);
  }
  return palette;
}

function ownColour(service: string): number {
  return hash(service) % PALETTE_SIZE;
}

/**
 * The next free colour, in strides of 7 so that neighbours in hue are the last resort; the own one when all are taken.
 */
function freeColour(own: number, taken: ReadonlySet<number>): number {
  for (let step = 1; step < PALETTE_SIZE; step++) {
    const colour = (own + step * 7) % PALETTE_SIZE;
    if (!taken.has(colour)) return colour;
  }
  return own;
}
