import { describe, expect, test } from "vitest";
import { bindingFor, keyLabel, type Binding, type Stroke } from "./keys.ts";

const nothing = (): void => {};
const BINDINGS: readonly Binding[] = [
  { keys: ["j", "ArrowDown"], does: "down", run: nothing },
  { keys: ["e"], does: "next error", run: nothing },
  { keys: ["Shift+e"], does: "previous error", run: nothing },
  { keys: ["?"], does: "help", run: nothing },
  { keys: ["Shift+ArrowLeft"], does: "far left", run: nothing },
];

function stroke(key: string, held: Partial<Stroke> = {}): Stroke {
  return { key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held };
}

describe("a stroke finds its binding", () => {
  test.each<[Stroke, string | undefined]>([
    [stroke("j"), "down"],
    [stroke("ArrowDown"), "down"],
    [stroke("e"), "next error"],
    [stroke("E", { shiftKey: true }), "previous error"],
    [stroke("E"), "next error"],
    [stroke("?", { shiftKey: true }), "help"],
    [stroke("ArrowLeft", { shiftKey: true }), "far left"],
    [stroke("ArrowLeft"), undefined],
    [stroke("j", { ctrlKey: true }), undefined],
    [stroke("x"), undefined],
  ])("%j", (given, does) => {
    expect(bindingFor(given, BINDINGS)?.does).toBe(does);
  });
});

test("keys are printed as they stand on a keyboard", () => {
  expect(["ArrowUp", "Escape", "Shift+e", "j", "?", "+"].map(keyLabel)).toEqual(["↑", "Esc", "Shift E", "J", "?", "+"]);
});
