// The names at the left of the waterfall, as text that can be selected and read aloud: a tree with levels and open or
// closed branches.

import { memo, useMemo, type ReactNode } from "react";
import { visible } from "../../base/text.ts";
import type { Palette } from "../../model/palette.ts";
import { missingParts, missingSentence, type SpanNode, type TraceNode } from "../../model/trace.ts";
import { Swatch } from "../../widgets/swatch.tsx";
import { usePaint } from "../paint.ts";
import type { RowRange } from "../stage.tsx";
import { rulerFor, scaled, type Ruler } from "../text-fit.ts";
import { opacityOf } from "../view.ts";
import { ROW_HEIGHT } from "./draw.ts";
import type { WaterfallRows } from "./rows.ts";

interface Props {
  readonly range: RowRange;
  readonly rows: WaterfallRows;
  /** Depth of the deepest row, which decides how far one level is indented. */
  readonly deepest: number;
  readonly width: number;
  readonly collapsed: ReadonlySet<string>;
  readonly palette: Palette;
  readonly selected: TraceNode | null;
  readonly hovered: TraceNode | null;
  readonly highlight: string | null;
  readonly onToggle: (node: TraceNode) => void;
  readonly onSelect: (node: TraceNode) => void;
  readonly onHover: (node: TraceNode | null) => void;
}

interface Rulers {
  readonly names: Ruler;
  readonly services: Ruler;
}

/** Names are set in 12 px where bars are in 11, and semibold faces are about a seventh wider. */
function rulersFor(barFont: string): Rulers {
  const names = scaled(rulerFor(barFont), 12 / 11);
  return { names, services: scaled(names, 8 / 7) };
}

const INDENT_PX = 14;
/** Share of the column that indentation may take; deeper trees are indented less per level. */
const MOST_INDENTED = 0.4;
/** Chevron, swatch and the gaps around them. */
const FIXED_PX = 40;
const ERROR_MARK_PX = 15;
const GAP_PX = 6;
/** Share of a name's room that the service may take. */
const MOST_FOR_SERVICE = 0.45;

export const WaterfallLabels = memo(function WaterfallLabels(props: Props): ReactNode {
  const { range, rows, deepest, width } = props;
  const { font } = usePaint();
  const rulers = useMemo(() => rulersFor(font), [font]);
  const indent = Math.min(INDENT_PX, (width * MOST_INDENTED) / Math.max(1, deepest));
  return (
    <div className="labels" role="tree" aria-label="Spans" style={{ width, top: range.first * ROW_HEIGHT }}>
      {rows.rows.slice(range.first, range.last).map((node) => (
        <Label key={node.key} node={node} indent={node.depth * indent} rulers={rulers} {...props} />
      ))}
    </div>
  );
});

interface LabelProps extends Props {
  readonly node: TraceNode;
  /** Pixels from the left edge of the column. */
  readonly indent: number;
  readonly rulers: Rulers;
}

function Label({
  node,
  indent,
  width,
  collapsed,
  selected,
  hovered,
  highlight,
  palette,
  onToggle,
  onSelect,
  onHover,
  rulers,
}: LabelProps): ReactNode {
  const closed = collapsed.has(node.key);
  const branch = node.children.length > 0;
  const classes = [
    "label",
    node === selected && "is-selected",
    node === hovered && "is-hovered",
    isOnPath(node, selected) && "is-path",
  ];
  return (
    <div
      className={classes.filter(Boolean).join(" ")}
      role="treeitem"
      tabIndex={-1}
      aria-level={node.depth + 1}
      aria-selected={node === selected}
      aria-expanded={branch ? !closed : undefined}
      style={{ height: ROW_HEIGHT, paddingLeft: indent, opacity: opacityOf(node, highlight, selected) }}
      onClick={() => onSelect(node)}
      onPointerEnter={() => onHover(node)}
      onPointerLeave={() => onHover(null)}
    >
      {branch ? <Chevron node={node} closed={closed} onToggle={onToggle} /> : <span className="chevron" />}
      {node.missing === null ? (
        <SpanName
          node={node}
          colour={palette.get(node.span.service) ?? 0}
          room={width - indent - FIXED_PX}
          rulers={rulers}
        />
      ) : (
        <span className="label-missing" title={missingSentence(node.missing)}>
          {missingParts(node.missing).what}
        </span>
      )}
    </div>
  );
}

function Chevron({
  node,
  closed,
  onToggle,
}: {
  node: TraceNode;
  closed: boolean;
  onToggle: (node: TraceNode) => void;
}): ReactNode {
  const hidden = node.last - node.index - 1;
  return (
    <button
      type="button"
      className="chevron"
      tabIndex={-1}
      title={closed ? `Show the ${hidden} below` : `Hide the ${hidden} below`}
      onClick={(event) => {
        event.stopPropagation();
        onToggle(node);
      }}
    >
      {closed ? "▸" : "▾"}
    </button>
  );
}

interface SpanNameProps {
  readonly node: SpanNode;
  readonly colour: number;
  /** Pixels for all of it. */
  readonly room: number;
  readonly rulers: Rulers;
}

/** Service where it changes, operation, and the resource cut in its middle. */
function SpanName({ node, colour, room, rulers }: SpanNameProps): ReactNode {
  const { names, services } = rulers;
  const { span } = node;
  const service = node.parent?.span?.service === span.service ? "" : visible(span.service);
  const rest = room - (span.error === 1 ? ERROR_MARK_PX : 0);
  const serviceText = services.fit(service, rest * MOST_FOR_SERVICE);
  const afterService = rest - (serviceText === "" ? 0 : services.width(serviceText) + GAP_PX);
  const name = names.fit(visible(span.name), afterService);
  const resource =
    span.resource === span.name ? "" : names.fit(visible(span.resource), afterService - names.width(name) - GAP_PX);
  return (
    <>
      <Swatch colour={colour} />
      {span.error === 1 && (
        <span className="error-mark" title="error">
          ✕
        </span>
      )}
      {serviceText !== "" && <span className="label-service">{serviceText}</span>}
      <span className="label-name">{name}</span>
      <span className="label-resource">{resource}</span>
    </>
  );
}

function isOnPath(node: TraceNode, selected: TraceNode | null): boolean {
  return selected !== null && node.index < selected.index && selected.index < node.last;
}
