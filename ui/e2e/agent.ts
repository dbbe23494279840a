// Sends traces as a tracer would: JSON to the agent's door.

import type { SentSpan } from "./traces.ts";

/** Sends one chunk; resolves with the agent's 200, throws at anything else. */
export async function send(chunk: readonly SentSpan[]): Promise<void> {
  const answer = await fetch(`${agentUrl()}/v0.4/traces`, {
    method: "PUT",
    headers: { "content-type": "application/json", "x-datadog-trace-count": "1" },
    body: json([chunk]),
  });
  if (!answer.ok) throw new Error(`the agent answered ${answer.status}: ${await answer.text()}`);
}

function agentUrl(): string {
  return fromEnvironment("TRACEHOUND_AGENT_URL");
}

/** The address of the pages. */
export function pagesUrl(): string {
  return fromEnvironment("TRACEHOUND_URL");
}

function fromEnvironment(name: string): string {
  const url = process.env[name];
  if (url === undefined) throw new Error(`${name} must say where a Tracehound runs, as http://127.0.0.1:8127`);
  return url.replace(/\/$/, "");
}

/** JSON with bigint as plain integers of any length, which JSON allows and `JSON.stringify` does not write. */
function json(value: unknown): string {
  const marked = JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `\u0001${part}\u0001` : part));
  return marked.replaceAll(/"\\u0001(-?\d+)\\u0001"/g, "$1");
}
