// How wide a text is on a canvas, without asking the canvas each time: widths of single characters, measured once per
// font.

import { cutMiddle } from "../base/text.ts";

/**
 * Measures texts in one font. Kerning is left out: a label may come out a pixel or two narrower than said, never drawn
 * over its edge.
 */
export interface Ruler {
  readonly width: (text: string) => number;
  /**
   * The text, cut in the middle to fit into so many pixels; empty if less than {@link LEAST_CHARACTERS} would be left.
   */
  readonly fit: (text: string, room: number) => string;
}

/** A text is never looked at further than this: wider than any screen, and resources may have 5,000 characters. */
const LONGEST = 600;

/** What is cut shorter than this tells nothing. */
const LEAST_CHARACTERS = 5;

/** A ruler that measures single characters with `measure`, in pixels. */
export function rulerOf(measure: (char: string) => number): Ruler {
  const widths = new Map<string, number>();
  const charWidth = (char: string): number => {
    let found = widths.get(char);
    if (found === undefined) {
      found = measure(char);
      widths.set(char, found);
    }
    return found;
  };
  const width = (text: string): number => {
    let sum = 0;
    for (const char of text) sum += charWidth(char);
    return sum;
  };
  const fit = (text: string, room: number): string => {
    const short = cutMiddle(text, LONGEST);
    const full = width(short);
    if (full <= room) return short;
    // A guess by the average character, then down one by one: seldom more than three steps.
    let max = Math.min(short.length - 1, Math.ceil((short.length * room) / full) + 1);
    while (max >= LEAST_CHARACTERS && width(cutMiddle(short, max)) > room) max--;
    return max < LEAST_CHARACTERS ? "" : cutMiddle(short, max);
  };
  return { width, fit };
}

/** The ruler of the same face larger or bolder: all widths times `factor`. Measuring every character anew would cost milliseconds. */
export function scaled(ruler: Ruler, factor: number): Ruler {
  return { width: (text) => ruler.width(text) * factor, fit: (text, room) => ruler.fit(text, room / factor) };
}

const rulers = new Map<string, Ruler>();

/** The ruler of a canvas font. */
export function rulerFor(font: string): Ruler {
  let ruler = rulers.get(font);
  if (ruler === undefined) {
    const context = document.createElement("canvas").getContext("2d");
    if (context !== null) context.font = font;
    ruler = rulerOf((char) => context?.measureText(char).width ?? 0);
    rulers.set(font, ruler);
  }
  return ruler;
}
