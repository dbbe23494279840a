// One way to ask the server: JSON over GET, every failure a value of one error type that says what to do next.

import { z } from "zod";

// The compiled validators of zod need `eval`, which the content security policy forbids.
z.config({ jitless: true });

/** All of our own routes stand below this path; the rest is left to Datadog's. */
const BASE = "/api/tracehound/v1/";

/** Longer than any answer should take; a server that hangs must not look like one that works. */
const TIMEOUT_MS = 15_000;

/**
 * What went wrong, by what one can do about it:
 * - `unreachable`: no answer at all; try again.
 * - `refused`: the server answered with an error and its reason.
 * - `unreadable`: the answer is not of the promised shape; page and server are of different versions.
 */
export type ApiErrorKind = "unreachable" | "refused" | "unreadable";

/** A request that did not give an answer to show. */
export class ApiError extends Error {
  readonly kind: ApiErrorKind;
  /** The request as a person would repeat it: `GET /api/…`. */
  readonly request: string;
  /** HTTP status, or 0 where nothing answered. */
  readonly status: number;
  /** The server's own word for the failure, such as `ambiguous`; empty if it gave none. */
  readonly reason: string;

  constructor(kind: ApiErrorKind, request: string, message: string, status = 0, reason = "") {
    super(message);
    this.name = "ApiError";
    this.kind = kind;
    this.request = request;
    this.status = status;
    this.reason = reason;
  }

  /** Whether asking again could help: nothing answered, or the server is starting, overloaded or broken. */
  get passing(): boolean {
    return this.kind === "unreachable" || this.status === 429 || this.status >= 500;
  }
}

const errorBody = z.object({ error: z.object({ kind: z.string(), message: z.string() }) });

/**
 * Asks `GET /api/tracehound/v1/<path>` and checks the answer against `schema`.
 *
 * Throws {@link ApiError}; an aborted request throws what `fetch` throws.
 */
export async function get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
  const request = `GET ${BASE}${path}`;
  const answer = await ask(path, request, signal);
  const body = await readJson(answer, request, signal);
  if (!answer.ok) throw refusal(answer, body, request);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ApiError("unreadable", request, firstIssue(parsed.error), answer.status);
}

async function ask(path: string, request: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(BASE + path, {
      headers: { accept: "application/json" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw new ApiError(
      "unreachable",
      request,
      timedOut(cause) ? `no answer within ${TIMEOUT_MS / 1000} s` : "nothing answers",
    );
  }
}

async function readJson(answer: Response, request: string, signal: AbortSignal): Promise<unknown> {
  let text: string;
  try {
    text = await answer.text();
  } catch {
    signal.throwIfAborted();
    throw new ApiError("unreachable", request, "the answer broke off");
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (!answer.ok) return undefined;
    throw new ApiError("unreadable", request, "the answer is not JSON", answer.status);
  }
}

function refusal(answer: Response, body: unknown, request: string): ApiError {
  const parsed = errorBody.safeParse(body);
  if (!parsed.success) return new ApiError("refused", request, `the server answered ${answer.status}`, answer.status);
  const { kind, message } = parsed.data.error;
  return new ApiError("refused", request, message, answer.status, kind);
}

function timedOut(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === "TimeoutError";
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? "the answer has another shape" : `${issue.path.join(".")}: ${issue.message}`;
}
