// What a span points to, and what happened while it ran.

import type { ReactNode } from "react";
import type { Attribute, SpanEvent, SpanLink } from "../../../api/trace.ts";
import { duration } from "../../../base/format.ts";
import { absoluteWithZone } from "../../../base/time.ts";
import { Link } from "../../../widgets/link.tsx";
import { Untrusted } from "../../../widgets/untrusted.tsx";
import { traceAddress } from "../../addresses.ts";

export function EventsSection({
  events,
  traceStart,
}: {
  readonly events: readonly SpanEvent[];
  readonly traceStart: bigint;
}): ReactNode {
  if (events.length === 0) return null;
  return (
    <section aria-label="Events">
      <h3>Events</h3>
      {events.map((event, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- events have no other name, and their order is fixed
        <div key={i} className="item">
          <div>
            <strong>
              <Untrusted text={event.name} />
            </strong>{" "}
            <span className="quiet" title={absoluteWithZone(event.time)}>
              {duration(Number(event.time - traceStart))} into the trace
            </span>
          </div>
          <Attributes of={event.attributes} />
        </div>
      ))}
    </section>
  );
}

export function LinksSection({ links }: { readonly links: readonly SpanLink[] }): ReactNode {
  if (links.length === 0) return null;
  return (
    <section aria-label="Links">
      <h3>Links</h3>
      {links.map((link, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- a span may link to the same span twice
        <div key={i} className="item">
          <div>
            <Link to={traceAddress(link.trace_id, link.span_id)} title="Open the linked span">
              <code>{link.trace_id}</code>
            </Link>{" "}
            <span className="quiet">
              span <code>{link.span_id}</code>
              {link.flags !== null && `, flags ${link.flags}`}
            </span>
          </div>
          {link.tracestate !== "" && (
            <div className="quiet">
              tracestate{" "}
              <code>
                <Untrusted text={link.tracestate} />
              </code>
            </div>
          )}
          <Attributes of={link.attributes} />
        </div>
      ))}
    </section>
  );
}

function Attributes({ of }: { readonly of: Readonly<Record<string, Attribute>> }): ReactNode {
  const entries = Object.entries(of);
  if (entries.length === 0) return null;
  return (
    <dl className="pairs tags">
      {entries.map(([key, value]) => (
        <div key={key}>
          <dt>
            <Untrusted text={key} />
          </dt>
          <dd>
            <code>
              <Untrusted text={typeof value === "string" ? value : JSON.stringify(value)} />
            </code>
          </dd>
        </div>
      ))}
    </dl>
  );
}
