// What a page says when a request failed: what failed, which request, and what to do about it.

import type { ReactNode } from "react";
import { ApiError } from "../api/client.ts";
import { Untrusted } from "../widgets/untrusted.tsx";
import { Notice } from "../widgets/notice.tsx";

interface Props {
  readonly error: Error;
  /** When the rows that are still shown were answered, milliseconds since 1970; 0 or nothing if none are shown. */
  readonly lastAnswer?: number;
}

export function Failure({ error, lastAnswer = 0 }: Props): ReactNode {
  const { title, advice } = explain(error);
  return (
    <Notice kind="error" title={title}>
      <p>
        {error instanceof ApiError && <code className="request">{error.request}</code>}{" "}
        <Untrusted text={error.message} />
      </p>
      <p>
        {advice}
        {lastAnswer > 0 && ` What is shown is from ${new Date(lastAnswer).toLocaleTimeString("en-GB")}.`}
      </p>
    </Notice>
  );
}

function explain(error: Error): { readonly title: string; readonly advice: string } {
  if (!(error instanceof ApiError))
    return {
      title: "This page has a fault",
      advice: "Load the page again; if it comes back, report the message above.",
    };
  if (error.kind === "unreachable") {
    return {
      title: "Tracehound is not reachable",
      advice: "Check that it runs at this address. It is asked again every few seconds.",
    };
  }
  if (error.kind === "unreadable") {
    return {
      title: "The answer cannot be read",
      advice: "Page and server are of different versions: load the page again.",
    };
  }
  if (error.passing)
    return {
      title: "Tracehound cannot answer now",
      advice: "It is starting or has no room. It is asked again every few seconds.",
    };
  return { title: "Tracehound refused the request", advice: "Check the address; the reason is above." };
}
