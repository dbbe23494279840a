// A small, stable hash for choosing a colour by name: the same name gives the same number in every browser.

/**
 * FNV-1a over UTF-16 code units, then MurmurHash3's last mixing, so that `shop-1` and `shop-2` end far apart. 32 bits,
 * unsigned.
 */
export function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
