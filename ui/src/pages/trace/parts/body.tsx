// A trace that is there: its three bands, and the state they share.

import { useCallback, useMemo, useRef, useState, type ReactNode } from "react";
import { Axis } from "../../../charts/axis.tsx";
import { layOutLanes } from "../../../charts/flame/lanes.ts";
import { Flame } from "../../../charts/flame/view.tsx";
import { Minimap } from "../../../charts/minimap/minimap.tsx";
import type { ViewProps } from "../../../charts/view.ts";
import { layOutRows } from "../../../charts/waterfall/rows.ts";
import { Waterfall } from "../../../charts/waterfall/view.tsx";
import { wholeOf } from "../../../base/window.ts";
import { activeTimes, execTimes } from "../../../model/exec-time.ts";
import { paletteOf } from "../../../model/palette.ts";
import type { TraceModel, TraceNode } from "../../../model/trace.ts";
import { useKeyboard } from "../../../widgets/keyboard.tsx";
import { Split } from "../../../widgets/split.tsx";
import { useSize } from "../../../widgets/use-size.ts";
import { markFirstFrame } from "../first-frame.ts";
import { traceBindings } from "../keys.ts";
import type { TraceState } from "../url.ts";
import { useTimeWindow } from "../use-time-window.ts";
import { hidingAncestors } from "../walk.ts";
import { NodeCard } from "./card.tsx";
import { Head } from "./head.tsx";
import { Legend } from "./legend.tsx";
import { SpanPanel } from "./panel.tsx";
import { Toolbar } from "./toolbar.tsx";

interface Props {
  readonly model: TraceModel;
  readonly state: TraceState;
  readonly onChange: (part: Partial<TraceState>) => void;
}

export function TraceBody({ model, state, onChange }: Props): ReactNode {
  const palette = useMemo(() => paletteOf(model.services), [model]);
  const active = useMemo(() => activeTimes(model.nodes), [model]);
  const times = useMemo(() => execTimes(model, active), [model, active]);
  const lanes = useMemo(() => layOutLanes(model), [model]);
  const collapsed = useMemo(() => new Set(state.collapsed), [state.collapsed]);
  const rows = useMemo(() => layOutRows(model, collapsed), [model, collapsed]);
  const whole = useMemo(() => wholeOf(model.duration), [model]);
  const selected = (state.selected === null ? undefined : model.byKey.get(state.selected)) ?? null;

  const saveWindow = useCallback((window: TraceState["window"]) => onChange({ window }), [onChange]);
  const [window, setWindow] = useTimeWindow(whole, state.window, saveWindow);
  const [hovered, setHovered] = useState<string | null>(null);
  const hover = useCallback((node: TraceNode | null) => setHovered(node?.span?.service ?? null), []);

  const select = useCallback(
    (node: TraceNode | null) => {
      const hiding = node === null ? [] : hidingAncestors(node, collapsed);
      onChange({ selected: node?.key ?? null, collapsed: state.collapsed.filter((key) => !hiding.includes(key)) });
    },
    [onChange, collapsed, state.collapsed],
  );
  const toggle = useCallback(
    (node: TraceNode) =>
      onChange({
        collapsed: collapsed.has(node.key)
          ? state.collapsed.filter((key) => key !== node.key)
          : [...state.collapsed, node.key],
      }),
    [onChange, collapsed, state.collapsed],
  );
  const card = useCallback(
    (node: TraceNode) => <NodeCard node={node} model={model} palette={palette} />,
    [model, palette],
  );

  const bindings = useMemo(
    () =>
      traceBindings({
        model,
        rows,
        collapsed,
        view: state.view,
        selected,
        window,
        whole,
        setWindow,
        select,
        toggle,
        change: onChange,
      }),
    [model, rows, collapsed, state.view, selected, window, whole, setWindow, select, toggle, onChange],
  );
  useKeyboard("Trace", bindings);

  const drawing = useRef<HTMLDivElement>(null);
  const { width } = useSize(drawing);
  const labelWidth = state.view === "waterfall" ? labelWidthFor(width) : 0;
  const view: ViewProps = {
    palette,
    window,
    whole,
    selected,
    highlight: hovered,
    onWindow: setWindow,
    onSelect: select,
    onHover: hover,
    onDrawn: markFirstFrame,
    card,
  };
  return (
    <>
      <Head model={model} palette={palette} />
      <Split
        name="panel"
        label="Width of the span panel"
        main={
          <>
            <Toolbar
              model={model}
              view={state.view}
              selected={selected}
              onView={(next) => onChange({ view: next })}
              onSelect={select}
            />
            <div className="drawing" ref={drawing}>
              <div className="drawing-strip" style={{ paddingLeft: labelWidth }}>
                <Minimap lanes={lanes} palette={palette} window={window} whole={whole} onWindow={setWindow} />
              </div>
              <Axis window={window} left={labelWidth} />
              {state.view === "waterfall" ? (
                <Waterfall {...view} rows={rows} collapsed={collapsed} onToggle={toggle} labelWidth={labelWidth} />
              ) : (
                <Flame {...view} lanes={lanes} />
              )}
            </div>
            <Legend times={times} palette={palette} onHover={setHovered} />
          </>
        }
        side={
          <SpanPanel
            node={selected ?? model.root}
            model={model}
            palette={palette}
            activeTime={active}
            onSelect={select}
          />
        }
      />
    </>
  );
}

/** A third of the drawing for names, within what names need and bars can spare. */
function labelWidthFor(width: number): number {
  return Math.round(Math.min(420, Math.max(130, width * 0.36)));
}
