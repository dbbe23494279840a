// What fills an empty list: the one line that points a tracer here.

import type { ReactNode } from "react";
import { CopyButton } from "../../../widgets/copy-button.tsx";
import { Notice } from "../../../widgets/notice.tsx";

const LINE = "DD_TRACE_AGENT_URL=http://localhost:8126 ddtrace-run python app.py";

export function EmptyList(): ReactNode {
  return (
    <Notice title="No traces yet">
      <p>Start an application with any Datadog tracer pointed here. Its traces appear as they arrive.</p>
      <p className="command">
        <code>{LINE}</code>
        <CopyButton text={LINE} what="the command" />
      </p>
    </Notice>
  );
}
