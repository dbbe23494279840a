import { describe, expect, test } from "vitest";
import { cutMiddle, pieces, visible } from "./text.ts";

describe("controls that hide or reorder text are shown", () => {
  test.each([
    ["plain ünïcode 漢字 🐕", "plain ünïcode 漢字 🐕"],
    ["user\u202Egpj.exe", "user⟨U+202E⟩gpj.exe"],
    ["\u2066a\u2069", "⟨U+2066⟩a⟨U+2069⟩"],
    ["zero\u200Bwidth", "zero⟨U+200B⟩width"],
    ["nul\u0000", "nul⟨U+0000⟩"],
    ["\u001B[31mred", "⟨U+001B⟩[31mred"],
    ["line\r\nbreak\ttab", "line\r\nbreak\ttab"],
    ["tag \u{E0041} soft\u00ADhyphen", "tag ⟨U+E0041⟩ soft⟨U+00AD⟩hyphen"],
  ])("%j reads %j", (text, shown) => {
    expect(visible(text)).toBe(shown);
  });
});

test("pieces keep the order and say which are controls", () => {
  expect(pieces("a\u202Eb")).toEqual([
    { text: "a", control: false },
    { text: "U+202E", control: true },
    { text: "b", control: false },
  ]);
});

describe("a text too long is cut in the middle", () => {
  test.each([
    ["GET /pair/beer", 14, "GET /pair/beer"],
    ["GET /orders/17/items", 11, "GET /…items"],
    ["abc", 1, "…"],
    ["abc", 0, ""],
    ["🐕🐕🐕🐕", 4, "🐕…"],
  ])("%j to %d characters is %j", (text, max, cut) => {
    expect(cutMiddle(text, max)).toBe(cut);
  });
});
