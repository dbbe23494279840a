// The card next to the pointer.

import type { ReactNode } from "react";
import { duration, share } from "../../../base/format.ts";
import { cutMiddle } from "../../../base/text.ts";
import type { Palette } from "../../../model/palette.ts";
import { missingSentence, type TraceModel, type TraceNode } from "../../../model/trace.ts";
import { Swatch } from "../../../widgets/swatch.tsx";
import { Untrusted } from "../../../widgets/untrusted.tsx";
import { errorOf } from "../span-facts.ts";

interface Props {
  readonly node: TraceNode;
  readonly model: TraceModel;
  readonly palette: Palette;
}

/** A card is read at a glance; the panel has the whole. */
const MOST_CHARACTERS = 160;

export function NodeCard({ node, model, palette }: Props): ReactNode {
  if (node.missing !== null) return <div>{missingSentence(node.missing)}</div>;
  const { span } = node;
  const error = errorOf(span);
  return (
    <>
      <div>
        <Swatch colour={palette.get(span.service) ?? 0} />
        <strong>
          <Untrusted text={cutMiddle(span.service, MOST_CHARACTERS)} />
        </strong>{" "}
        <Untrusted text={cutMiddle(span.name, MOST_CHARACTERS)} />
      </div>
      <div className="quiet">
        <Untrusted text={cutMiddle(span.resource, MOST_CHARACTERS)} />
      </div>
      <div>
        <strong>{duration(node.end - node.start)}</strong>{" "}
        <span className="quiet">
          {model.duration > 0 && `${share((node.end - node.start) / model.duration)} of the trace, `}from{" "}
          {duration(node.start)}
        </span>
      </div>
      {error !== null && (
        <div className="error-text">
          ✕{" "}
          <Untrusted
            text={cutMiddle([error.type, error.message].filter(Boolean).join(": ") || "error", MOST_CHARACTERS)}
          />
        </div>
      )}
    </>
  );
}
