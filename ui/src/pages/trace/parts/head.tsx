// The head of a trace page: one line what it is, one line of facts.

import { memo, type ReactNode } from "react";
import { count, duration } from "../../../base/format.ts";
import { cutMiddle } from "../../../base/text.ts";
import { absolute, absoluteWithZone, relative } from "../../../base/time.ts";
import type { Palette } from "../../../model/palette.ts";
import type { TraceModel } from "../../../model/trace.ts";
import { CopyButton } from "../../../widgets/copy-button.tsx";
import { Link } from "../../../widgets/link.tsx";
import { Swatch } from "../../../widgets/swatch.tsx";
import { Untrusted } from "../../../widgets/untrusted.tsx";
import { useNow } from "../../../widgets/use-now.ts";
import { TRACES_PATH } from "../../addresses.ts";
import { httpStatus } from "../span-facts.ts";

/** Tooltips are one piece of text; longer ones cover the screen. */
const MOST_IN_TITLE = 1_000;

interface Props {
  readonly model: TraceModel;
  readonly palette: Palette;
}

export const Head = memo(function Head({ model, palette }: Props): ReactNode {
  const span = model.root?.span;
  return (
    <header className="trace-head">
      <div className="trace-what">
        <Link to={TRACES_PATH} className="back" title="The list of traces">
          ‹ Traces
        </Link>
        {span !== undefined && (
          <h1 className="cut">
            <Swatch colour={palette.get(span.service) ?? 0} />
            <span className="trace-service cut">
              <Untrusted text={span.service} />
            </span>{" "}
            <span className="quiet">
              <Untrusted text={span.name} />
            </span>{" "}
            <span className="trace-resource" title={span.resource}>
              <Untrusted text={span.resource} />
            </span>
          </h1>
        )}
        <span className="trace-id" title={model.traceId}>
          <code>{shortId(model.traceId)}</code>
          <CopyButton text={model.traceId} what="trace id" />
        </span>
      </div>
      <Facts model={model} />
    </header>
  );
});

function Facts({ model }: { readonly model: TraceModel }): ReactNode {
  const now = useNow(1_000);
  const span = model.root?.span;
  const status = span === undefined ? null : httpStatus(span);
  return (
    <div className="facts">
      <strong title="From the earliest start to the latest end of the spans received">
        {duration(model.duration)}
      </strong>
      <span title={absoluteWithZone(model.start)}>
        {absolute(model.start, now)} <span className="quiet">{relative(model.start, now)}</span>
      </span>
      {status !== null && (
        <span title="HTTP status of the root span">
          <span className="quiet">status</span> <Untrusted text={status} />
        </span>
      )}
      <span title="Spans received so far">{count(model.spanCount, "span")}</span>
      <span className={model.errorCount > 0 ? "error-text" : ""} title="Spans marked as errors">
        {model.errorCount > 0 && "✕ "}
        {count(model.errorCount, "error")}
      </span>
      <span title={cutMiddle(model.services.join(", "), MOST_IN_TITLE)}>{count(model.services.length, "service")}</span>
      <Tag name="env" value={span?.meta["env"]} />
      <Tag name="version" value={span?.meta["version"]} />
    </div>
  );
}

function Tag({ name, value }: { readonly name: string; readonly value: string | undefined }): ReactNode {
  if (value === undefined) return null;
  return (
    <span title={`Tag ${name} of the root span: ${value}`}>
      <span className="quiet">{name}</span> <Untrusted text={value} />
    </span>
  );
}

function shortId(id: string): string {
  return id.length > 16 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
}
