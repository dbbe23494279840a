// Why a trace cannot be shown: not there, several of that name, no id at all, or the server is away.

import type { ReactNode } from "react";
import { ApiError } from "../../../api/client.ts";
import { Link } from "../../../widgets/link.tsx";
import { Notice } from "../../../widgets/notice.tsx";
import { Untrusted } from "../../../widgets/untrusted.tsx";
import { traceAddress, TRACES_PATH } from "../../addresses.ts";
import { Failure } from "../../failure.tsx";

interface Props {
  readonly error: Error;
  readonly traceId: string;
}

export function TraceFailure({ error, traceId }: Props): ReactNode {
  if (!(error instanceof ApiError)) return <Failure error={error} />;
  if (error.reason === "ambiguous") return <Ambiguous message={error.message} traceId={traceId} />;
  if (error.status === 404) return <Unknown traceId={traceId} />;
  if (error.status === 400) return <Malformed message={error.message} traceId={traceId} />;
  return <Failure error={error} />;
}

function Unknown({ traceId }: { readonly traceId: string }): ReactNode {
  return (
    <Notice title="No such trace">
      <p>
        No span of trace{" "}
        <code>
          <Untrusted text={traceId} />
        </code>{" "}
        is kept here. Tracers send a trace a second or so after its first part ends; it is looked for again every 2
        seconds.
      </p>
      <p>
        <Link to={TRACES_PATH}>See the newest traces</Link>
      </p>
    </Notice>
  );
}

function Malformed({ message, traceId }: { readonly message: string; readonly traceId: string }): ReactNode {
  return (
    <Notice title="This is not a trace id">
      <p>
        <code>
          <Untrusted text={traceId} />
        </code>
        : <Untrusted text={message} />. A trace id has 32 or 16 hexadecimal digits, or is a decimal number.
      </p>
      <p>
        <Link to={TRACES_PATH}>See the newest traces</Link>
      </p>
    </Notice>
  );
}

/** The server names the traces in its message; each becomes a link. */
function Ambiguous({ message, traceId }: { readonly message: string; readonly traceId: string }): ReactNode {
  const ids = [...new Set(message.match(/\b[0-9a-f]{32}\b/g) ?? [])];
  return (
    <Notice title="Several traces have this id">
      <p>
        The lower half{" "}
        <code>
          <Untrusted text={traceId} />
        </code>{" "}
        belongs to each of these:
      </p>
      <ul>
        {ids.map((id) => (
          <li key={id}>
            <Link to={traceAddress(id)}>
              <code>{id}</code>
            </Link>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
