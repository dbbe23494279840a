// Above the drawing: its form, and the way to the next error.

import { memo, type ReactNode } from "react";
import { count } from "../../../base/format.ts";
import type { TraceModel, TraceNode } from "../../../model/trace.ts";
import type { TraceView } from "../url.ts";
import { nextError } from "../walk.ts";

interface Props {
  readonly model: TraceModel;
  readonly view: TraceView;
  readonly selected: TraceNode | null;
  readonly onView: (view: TraceView) => void;
  readonly onSelect: (node: TraceNode | null) => void;
}

const VIEWS: readonly (readonly [TraceView, string])[] = [
  ["waterfall", "Waterfall"],
  ["flamegraph", "Flame graph"],
];

export const Toolbar = memo(function Toolbar({ model, view, selected, onView, onSelect }: Props): ReactNode {
  return (
    <div className="toolbar">
      <div role="radiogroup" aria-label="Form of the drawing" className="views">
        {VIEWS.map(([name, title]) => (
          <button key={name} type="button" role="radio" aria-checked={view === name} onClick={() => onView(name)}>
            {title}
          </button>
        ))}
      </div>
      <span className="toolbar-hint quiet">
        {view === "waterfall" ? "Ctrl + wheel zooms, dragging moves" : "The wheel zooms, dragging moves"}
      </span>
      {model.errorCount > 0 && (
        <button
          type="button"
          className="error-text"
          title="Select the next span with an error (e)"
          onClick={() => onSelect(nextError(model, selected, 1))}
        >
          ✕ {count(model.errorCount, "error")}
        </button>
      )}
    </div>
  );
});
