import { describe, expect, test } from "vitest";
import type { Span } from "../../api/trace.ts";
import { sampleSpan } from "../../model/sample.ts";
import { base64Size, errorOf, httpStatus, tagGroups } from "./span-facts.ts";

const span = (rest: Partial<Span>) => sampleSpan([1, 0, 0, 9, rest]);

test("the status may be a tag or a metric", () => {
  expect(httpStatus(span({ meta: { "http.status_code": "500" } }))).toBe("500");
  expect(httpStatus(span({ metrics: { "http.status_code": 404 } }))).toBe("404");
  expect(httpStatus(span({}))).toBeNull();
});

describe("an error", () => {
  test("is read from the tags, the old name of the message included", () => {
    const meta = { "error.type": "KeyError", "error.msg": "'x'", "error.stack": "Traceback" };
    expect(errorOf(span({ error: 1, meta }))).toEqual({ type: "KeyError", message: "'x'", stack: "Traceback" });
    expect(errorOf(span({ error: 1, meta: { ...meta, "error.message": "new" } }))?.message).toBe("new");
  });

  test("without tags is still an error", () => {
    expect(errorOf(span({ error: 1 }))).toEqual({ type: "", message: "", stack: "" });
  });

  test("is none where the span is not marked", () => {
    expect(errorOf(span({ meta: { "error.type": "handled" } }))).toBeNull();
  });
});

describe("tags", () => {
  const given = span({
    meta: { b: "2", a: "1", "_dd.p.tid": "ff" },
    metrics: { size: 3, "_dd.top_level": 1, ratio: "NaN" },
  });

  test("are sorted, tracers' own apart", () => {
    expect(tagGroups(given, "")).toEqual({
      tags: [
        { key: "a", value: "1" },
        { key: "b", value: "2" },
      ],
      metrics: [
        { key: "ratio", value: "NaN" },
        { key: "size", value: "3" },
      ],
      internal: [
        { key: "_dd.p.tid", value: "ff" },
        { key: "_dd.top_level", value: "1" },
      ],
    });
  });

  test("are found by key or value in any case", () => {
    expect(tagGroups(given, " SIZE ").metrics.map((tag) => tag.key)).toEqual(["size"]);
    expect(tagGroups(given, "ff").internal.map((tag) => tag.key)).toEqual(["_dd.p.tid"]);
    expect(tagGroups(given, "nothing")).toEqual({ tags: [], metrics: [], internal: [] });
  });
});

test.each([
  ["", 0],
  ["QQ==", 1],
  ["QUI=", 2],
  ["QUJD", 3],
])("base64 %j is %d bytes", (text, size) => {
  expect(base64Size(text)).toBe(size);
});
