// All that is known of the selected span.

import { memo, type ReactNode } from "react";
import { bytes, duration, share } from "../../../base/format.ts";
import { absoluteWithZone } from "../../../base/time.ts";
import type { Palette } from "../../../model/palette.ts";
import { missingSentence, type SpanNode, type TraceModel, type TraceNode } from "../../../model/trace.ts";
import { CopyButton } from "../../../widgets/copy-button.tsx";
import { Swatch } from "../../../widgets/swatch.tsx";
import { Untrusted } from "../../../widgets/untrusted.tsx";
import { base64Size } from "../span-facts.ts";
import { ErrorSection } from "./error.tsx";
import { EventsSection, LinksSection } from "./links-events.tsx";
import { TagsSection } from "./tags.tsx";

interface Props {
  readonly node: TraceNode | null;
  readonly model: TraceModel;
  readonly palette: Palette;
  /** Nanoseconds each node was active, by its index. */
  readonly activeTime: Float64Array;
  readonly onSelect: (node: TraceNode) => void;
}

export const SpanPanel = memo(function SpanPanel(props: Props): ReactNode {
  const { node } = props;
  if (node === null) return <aside className="panel" aria-label="Span" />;
  return (
    <aside className="panel" aria-label="Span">
      {node.missing === null ? (
        <SpanDetails {...props} node={node} />
      ) : (
        <p className="panel-head">{missingSentence(node.missing)}</p>
      )}
    </aside>
  );
});

function SpanDetails({ node, model, palette, activeTime, onSelect }: Props & { readonly node: SpanNode }): ReactNode {
  const { span } = node;
  return (
    <>
      <header className="panel-head">
        <h2>
          <Swatch colour={palette.get(span.service) ?? 0} />
          <Untrusted text={span.service} />{" "}
          <span className="quiet">
            <Untrusted text={span.name} />
          </span>
        </h2>
        <p className="panel-resource">
          <Untrusted text={span.resource} />
          <CopyButton text={span.resource} what="resource" />
        </p>
      </header>
      <ErrorSection span={span} />
      <Facts node={node} model={model} active={activeTime[node.index] ?? 0} onSelect={onSelect} />
      <TagsSection span={span} />
      <EventsSection events={span.events} traceStart={model.start} />
      <LinksSection links={span.links} />
      <MetaStruct parts={span.meta_struct} />
    </>
  );
}

function Facts({
  node,
  model,
  active,
  onSelect,
}: {
  node: SpanNode;
  model: TraceModel;
  active: number;
  onSelect: (node: TraceNode) => void;
}): ReactNode {
  const { span, parent } = node;
  const length = node.end - node.start;
  return (
    <dl className="pairs">
      <Pair name="Duration">
        {duration(length)}{" "}
        {model.duration > 0 && <span className="quiet">{share(length / model.duration)} of the trace</span>}
      </Pair>
      <Pair name="Exec time">
        {duration(active)} <span className="quiet">in which it waited for no child</span>
      </Pair>
      <Pair name="Starts">
        {duration(node.start)} <span className="quiet">into the trace</span>
      </Pair>
      <Pair name="At">
        <span title={absoluteWithZone(span.start)}>{absoluteWithZone(span.start)}</span>{" "}
        <code className="quiet">{`${span.start} ns`}</code>
      </Pair>
      {span.type !== "" && (
        <Pair name="Type">
          <Untrusted text={span.type} />
        </Pair>
      )}
      <Pair name="Span id">
        <code>{span.span_id}</code>
        <CopyButton text={span.span_id} what="span id" />
      </Pair>
      <Pair name="Parent">
        {parent?.span == null ? (
          <span className="quiet">
            {parent?.missing == null ? "none: a root span" : missingSentence(parent.missing)}
          </span>
        ) : (
          <button type="button" className="plain" onClick={() => onSelect(parent)}>
            <Untrusted text={parent.span.name} /> <code className="quiet">{span.parent_id}</code>
          </button>
        )}
      </Pair>
    </dl>
  );
}

function Pair({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Binary attachments: their names and sizes, since nothing here can say what they mean. */
function MetaStruct({ parts }: { readonly parts: Readonly<Record<string, string>> }): ReactNode {
  const names = Object.keys(parts).toSorted();
  if (names.length === 0) return null;
  return (
    <section>
      <h3>Structured data</h3>
      <dl className="pairs">
        {names.map((name) => (
          <div key={name}>
            <dt>
              <Untrusted text={name} />
            </dt>
            <dd className="quiet">{bytes(base64Size(parts[name] ?? ""))}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
