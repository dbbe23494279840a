// A span's tags and metrics, with a box to find one.

import { useMemo, useState, type ReactNode } from "react";
import type { Span } from "../../../api/trace.ts";
import { CopyButton } from "../../../widgets/copy-button.tsx";
import { Untrusted } from "../../../widgets/untrusted.tsx";
import { tagGroups, type Tag } from "../span-facts.ts";

export function TagsSection({ span }: { readonly span: Span }): ReactNode {
  const [filter, setFilter] = useState("");
  const { tags, metrics, internal } = useMemo(() => tagGroups(span, filter), [span, filter]);
  const nothing = tags.length + metrics.length + internal.length === 0;
  return (
    <section aria-label="Tags">
      <h3>
        Tags
        <input
          type="search"
          value={filter}
          placeholder="Filter tags"
          aria-label="Filter tags"
          onChange={(event) => setFilter(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            setFilter("");
            event.currentTarget.blur();
          }}
        />
      </h3>
      {nothing && (
        <p className="quiet">{filter === "" ? "This span has none." : "No tag has this in its key or value."}</p>
      )}
      <TagList tags={tags} />
      {metrics.length > 0 && <h4>Metrics</h4>}
      <TagList tags={metrics} />
      {internal.length > 0 && <h4>From the tracer</h4>}
      <TagList tags={internal} />
    </section>
  );
}

function TagList({ tags }: { readonly tags: readonly Tag[] }): ReactNode {
  if (tags.length === 0) return null;
  return (
    <dl className="pairs tags">
      {tags.map(({ key, value }) => (
        <div key={key}>
          <dt>
            <Untrusted text={key} />
          </dt>
          <dd>
            <code>
              <Untrusted text={value} />
            </code>
            <CopyButton text={value} what={key} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
