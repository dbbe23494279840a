// What came from a span, made safe to look at: controls that would reorder or hide text are shown as marks.

/** Controls and format characters (Unicode categories Cc and Cf), but for the tab and line breaks of stack traces. */
const UNSEEN = /(?![\t\r\n])[\p{Cc}\p{Cf}\u2028\u2029]/u;

/** A piece of text: plain as it stands, or the name of a control that stood there. */
export interface Piece {
  readonly text: string;
  readonly control: boolean;
}

/** Cuts a text at its unseen characters; each of them becomes a piece that names it, as `U+202E`. */
export function pieces(text: string): readonly Piece[] {
  if (!UNSEEN.test(text)) return [{ text, control: false }];
  const out: Piece[] = [];
  let plain = "";
  for (const char of text) {
    if (!UNSEEN.test(char)) {
      plain += char;
      continue;
    }
    if (plain !== "") out.push({ text: plain, control: false });
    plain = "";
    out.push({ text: codePoint(char), control: true });
  }
  if (plain !== "") out.push({ text: plain, control: false });
  return out;
}

/** The same as one string for canvas and titles: `a⟨U+202E⟩b`. */
export function visible(text: string): string {
  if (!UNSEEN.test(text)) return text;
  return pieces(text)
    .map((piece) => (piece.control ? `⟨${piece.text}⟩` : piece.text))
    .join("");
}

function codePoint(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Cuts in the middle to `max` characters, because names differ at both ends: `GET /orders/…/items`. */
export function cutMiddle(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < 1) return "";
  const kept = max - 1;
  const head = Math.ceil(kept / 2);
  return `${withoutHalf(text.slice(0, head))}…${withoutLoneTail(text.slice(text.length - (kept - head)))}`;
}

/** Drops a high surrogate left at the end by a cut through a pair. */
function withoutHalf(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}

/** Drops a low surrogate left at the start by a cut through a pair. */
function withoutLoneTail(text: string): string {
  const first = text.charCodeAt(0);
  return first >= 0xdc00 && first <= 0xdfff ? text.slice(1) : text;
}
