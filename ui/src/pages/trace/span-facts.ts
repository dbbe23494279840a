// What a span's tags say about it, by the names Datadog's tracers give them.

import type { Span } from "../../api/trace.ts";

/** Type, message and stack of an error. */
export interface SpanError {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
}

/** The HTTP status of a span: a tag in most tracers, a metric in some; null if it has none. */
export function httpStatus({ meta, metrics }: Span): string | null {
  const status = meta["http.status_code"] ?? metrics["http.status_code"];
  return status === undefined ? null : String(status);
}

/** What is known of a span's error; null for a span that is none. Old tracers say `error.msg` for the message. */
export function errorOf({ error, meta }: Span): SpanError | null {
  if (error === 0) return null;
  return {
    type: meta["error.type"] ?? "",
    message: meta["error.message"] ?? meta["error.msg"] ?? "",
    stack: meta["error.stack"] ?? "",
  };
}

/** A tag or metric as a row of the panel. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** A span's tags in the order they are read: what people set, what is measured, what tracers say to agents. */
export interface TagGroups {
  readonly tags: readonly Tag[];
  readonly metrics: readonly Tag[];
  readonly internal: readonly Tag[];
}

/**
 * Tags and metrics sorted by key, those that start with `_` apart, and only those in which `filter` occurs in key or
 * value.
 */
export function tagGroups({ meta, metrics }: Span, filter: string): TagGroups {
  const wanted = filter.trim().toLowerCase();
  const rows = (of: Readonly<Record<string, string | number>>): Tag[] =>
    Object.entries(of)
      .map(([key, value]) => ({ key, value: String(value) }))
      .filter(({ key, value }) => key.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const [metaRows, metricRows] = [rows(meta), rows(metrics)];
  return {
    tags: metaRows.filter((tag) => !isInternal(tag)),
    metrics: metricRows.filter((tag) => !isInternal(tag)),
    internal: [...metaRows, ...metricRows].filter(isInternal),
  };
}

function isInternal({ key }: Tag): boolean {
  return key.startsWith("_");
}

/** How many bytes a base64 text stands for. */
export function base64Size(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return Math.max(0, Math.floor((text.length * 3) / 4) - padding);
}
