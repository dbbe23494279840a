// Who took the time: each service's share, busiest first. Pointing at one makes the others fade.

import { memo, type ReactNode } from "react";
import { count, duration, share } from "../../../base/format.ts";
import type { ServiceTime } from "../../../model/exec-time.ts";
import type { Palette } from "../../../model/palette.ts";
import { Swatch } from "../../../widgets/swatch.tsx";
import { Untrusted } from "../../../widgets/untrusted.tsx";

interface Props {
  readonly times: readonly ServiceTime[];
  readonly palette: Palette;
  readonly onHover: (service: string | null) => void;
}

const MEANING =
  "A span is active while it runs and none of its children does; spans active at once share the time. Of all spans received.";

export const Legend = memo(function Legend({ times, palette, onHover }: Props): ReactNode {
  return (
    <div className="legend">
      <span className="quiet" title={MEANING}>
        % exec time
      </span>
      <ul>
        {times.map(({ service, execTime, share: part, spans }) => (
          <li
            key={service}
            tabIndex={0}
            title={`active for ${duration(execTime)} in ${count(spans, "span")}`}
            onPointerEnter={() => onHover(service)}
            onPointerLeave={() => onHover(null)}
            onFocus={() => onHover(service)}
            onBlur={() => onHover(null)}
          >
            <Swatch colour={palette.get(service) ?? 0} />
            <span className="cut">
              <Untrusted text={service} />
            </span>
            <strong>{share(part)}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
});
