// One trace of the list.

import { memo, type MouseEvent, type ReactNode } from "react";
import type { TraceRow } from "../../../api/traces.ts";
import { count, durationFigure, whole } from "../../../base/format.ts";
import { absoluteWithZone, relative } from "../../../base/time.ts";
import type { Palette } from "../../../model/palette.ts";
import { isPlainClick, Link } from "../../../widgets/link.tsx";
import { Swatch } from "../../../widgets/swatch.tsx";
import { Untrusted } from "../../../widgets/untrusted.tsx";
import { traceAddress } from "../../addresses.ts";

interface Props {
  readonly row: TraceRow;
  /** Pixels from the top of the table. */
  readonly top: number;
  readonly now: number;
  readonly palette: Palette;
  /** The longest duration listed, nanoseconds: the scale of the bars. */
  readonly longest: number;
  readonly selected: boolean;
  readonly onPress: (traceId: string) => void;
  readonly onOpen: (row: TraceRow) => void;
}

export const Row = memo(function Row({ row, top, now, palette, longest, selected, onPress, onOpen }: Props): ReactNode {
  const open = (event: MouseEvent): void => {
    if (event.defaultPrevented || !isPlainClick(event)) return;
    onOpen(row);
  };
  const { root } = row;
  const colour = palette.get(root.service) ?? 0;
  return (
    <div
      className={`row ${selected ? "is-selected" : ""}`}
      role="row"
      aria-selected={selected}
      data-trace-id={row.trace_id}
      style={{ transform: `translateY(${top}px)` }}
      onPointerDown={() => onPress(row.trace_id)}
      onClick={open}
    >
      <span role="cell" className="cell-time quiet" title={absoluteWithZone(row.start)}>
        {relative(row.start, now)}
      </span>
      <span role="cell" className="cell-service cut">
        <Swatch colour={colour} />
        <Untrusted text={root.service} />
      </span>
      <span role="cell" className="cell-resource cut" title={`${root.resource} ${root.name}`}>
        <Link to={traceAddress(row.trace_id)} className="row-link" onFollow={() => onOpen(row)}>
          <Untrusted text={root.resource} />
        </Link>{" "}
        {root.name !== root.resource && (
          <span className="quiet">
            <Untrusted text={root.name} />
          </span>
        )}
      </span>
      <DurationCells duration={Number(row.duration)} longest={longest} colour={colour} />
      <span role="cell" className="cell-spans number">
        {whole(row.spans)}
      </span>
      <span role="cell" className="cell-status cut">
        <StatusText row={row} />
      </span>
      <span role="cell" className="cell-services" title={row.services.join(", ")}>
        <ServiceMarks services={row.services} palette={palette} />
      </span>
    </div>
  );
});

function DurationCells({
  duration,
  longest,
  colour,
}: {
  duration: number;
  longest: number;
  colour: number;
}): ReactNode {
  const { value, unit } = durationFigure(duration);
  return (
    <>
      <span role="cell" className="cell-duration number">
        {value} <span className="quiet">{unit}</span>
      </span>
      <span role="cell" className="cell-bar" aria-hidden="true">
        <span style={{ width: `${(duration / longest) * 100}%`, background: `var(--service-${colour})` }} />
      </span>
    </>
  );
}

/** HTTP status where there is one, and errors with mark and words; a dash where nothing is known. */
function StatusText({ row }: { row: TraceRow }): ReactNode {
  if (row.errors === 0)
    return row.http_status === null ? <span className="quiet">–</span> : <Untrusted text={row.http_status} />;
  return (
    <span className="error-text">
      {row.http_status !== null && <Untrusted text={`${row.http_status} `} />}✕ {count(row.errors, "error")}
    </span>
  );
}

/** More marks than this are a smear, not a fact. */
const MOST_MARKS = 6;

function ServiceMarks({ services, palette }: { services: readonly string[]; palette: Palette }): ReactNode {
  return (
    <>
      {services.slice(0, MOST_MARKS).map((service) => (
        <Swatch key={service} colour={palette.get(service) ?? 0} />
      ))}
      <span className="quiet">{services.length}</span>
    </>
  );
}
