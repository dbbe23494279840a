import { describe, expect, test } from "vitest";
import { activeTimes, execTimes, type ServiceTime } from "./exec-time.ts";
import { sampleTrace, type SampleRow } from "./sample.ts";
import { buildTrace } from "./tree.ts";

function servicesOf(rows: readonly SampleRow[]): readonly ServiceTime[] {
  const model = buildTrace(sampleTrace(rows));
  return execTimes(model, activeTimes(model.nodes));
}

// prettier-ignore
const CASES: readonly [name: string, rows: readonly SampleRow[], activeByKey: Record<string, number>][] = [
  ["one span has all the time", [[1, 0, 0, 10]], { 1: 10 }],
  ["a parent waits while its child runs", [[1, 0, 0, 10], [2, 1, 2, 5]], { 1: 7, 2: 3 }],
  ["two children at once share their overlap", [[1, 0, 0, 10], [2, 1, 0, 6], [3, 1, 4, 10]], { 1: 0, 2: 5, 3: 5 }],
  ["a child that outlives its parent is active alone after it", [[1, 0, 0, 10], [2, 1, 8, 14]], { 1: 8, 2: 6 }],
  [
    "when the parent has ended, its own parent no longer waits for the grandchild",
    [[1, 0, 0, 20], [2, 1, 0, 10], [3, 2, 5, 15]],
    { 1: 7.5, 2: 5, 3: 7.5 },
  ],
  ["a child that starts first is active before its parent", [[1, 0, 5, 10], [2, 1, 0, 7]], { 1: 3, 2: 7 }],
  ["spans of no length take nothing and hold nobody up", [[1, 0, 0, 10], [2, 1, 3, 3], [3, 1, 10, 10]], { 1: 10, 2: 0, 3: 0 }],
  ["children that meet end to start leave the parent nothing between", [[1, 0, 0, 10], [2, 1, 0, 5], [3, 1, 5, 10]], { 1: 0, 2: 5, 3: 5 }],
  ["a gap in which nothing runs belongs to nobody", [[1, 0, 0, 4], [2, 0, 6, 10]], { 1: 4, 2: 4 }],
  ["spans under an absent parent are active like roots", [[2, 9, 0, 4], [3, 9, 2, 6]], { 2: 3, 3: 3 }],
];

describe("active time", () => {
  test.each(CASES)("%s", (_, rows, expected) => {
    const model = buildTrace(sampleTrace(rows));
    const active = activeTimes(model.nodes);
    const found = Object.fromEntries(
      model.nodes.filter((node) => node.span !== null).map((node) => [node.key, active[node.index]]),
    );
    expect(found).toEqual(expected);
  });
});

test("services are summed, busiest first, and their shares make up the whole", () => {
  const rows: SampleRow[] = [
    [1, 0, 0, 100],
    [2, 1, 10, 80, { service: "db" }],
    [3, 1, 90, 95, { service: "cache" }],
  ];
  expect(servicesOf(rows)).toEqual([
    { service: "db", execTime: 70, share: 0.7, spans: 1 },
    { service: "web", execTime: 25, share: 0.25, spans: 1 },
    { service: "cache", execTime: 5, share: 0.05, spans: 1 },
  ]);
});

test("a trace of no length has shares of nothing, not of NaN", () => {
  expect(servicesOf([[1, 0, 0, 0]])).toEqual([{ service: "web", execTime: 0, share: 0, spans: 1 }]);
});

test("a thousand spans at once get a thousandth each", () => {
  const rows = Array.from({ length: 1000 }, (_, i): SampleRow => [i + 1, 0, 0, 1000]);
  const active = activeTimes(buildTrace(sampleTrace(rows)).nodes);
  for (const part of active) expect(part).toBeCloseTo(1);
});
