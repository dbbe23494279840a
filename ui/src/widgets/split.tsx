// Two parts side by side, or one above the other on narrow screens, with a handle between them that is dragged or moved
// by arrow keys.

import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import { useNumberPreference } from "./use-preference.ts";

interface Props {
  /** Name under which the size is remembered. */
  readonly name: string;
  readonly main: ReactNode;
  readonly side: ReactNode;
  /** What the handle sizes, for screen readers. */
  readonly label: string;
}

/** Share of the room that the side may have: enough to read a tag, never so much that the main part is gone. */
const LEAST = 0.18;
const MOST = 0.7;
const INITIALLY = 0.32;
const KEY_STEP = 0.02;

export function Split({ name, main, side, label }: Props): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [share, setShare] = useNumberPreference(name, INITIALLY, LEAST, MOST);
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    if (box.current === null || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const { right, bottom, width, height } = box.current.getBoundingClientRect();
    setShare(isStacked(box.current) ? (bottom - event.clientY) / height : (right - event.clientX) / width);
  };
  const step = (event: KeyboardEvent): void => {
    const direction = { ArrowLeft: 1, ArrowUp: 1, ArrowRight: -1, ArrowDown: -1 }[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    setShare(share + direction * KEY_STEP);
  };
  return (
    <div className="split" ref={box}>
      <div className="split-main">{main}</div>
      <div
        className="split-handle"
        role="separator"
        tabIndex={0}
        aria-label={label}
        aria-valuenow={Math.round(share * 100)}
        aria-valuemin={LEAST * 100}
        aria-valuemax={MOST * 100}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        onKeyDown={step}
      />
      <div className="split-side" style={{ flexBasis: `${share * 100}%` }}>
        {side}
      </div>
    </div>
  );
}

/** The style sheet decides which way the parts stand; it is asked, so that there is one place that knows. */
function isStacked(box: HTMLElement): boolean {
  return getComputedStyle(box).flexDirection === "column";
}
