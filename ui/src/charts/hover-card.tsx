// A card next to the pointer, never under it, and never over the edge of the screen.

import { useLayoutEffect, useRef, type ReactNode } from "react";

interface Props {
  /** Where the pointer is, in pixels of the viewport. */
  readonly x: number;
  readonly y: number;
  readonly children: ReactNode;
}

const GAP_PX = 14;

export function HoverCard({ x, y, children }: Props): ReactNode {
  const card = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (card.current === null) return;
    const { offsetWidth: width, offsetHeight: height } = card.current;
    const left = x + GAP_PX + width <= window.innerWidth ? x + GAP_PX : Math.max(0, x - GAP_PX - width);
    const top = y + GAP_PX + height <= window.innerHeight ? y + GAP_PX : Math.max(0, y - GAP_PX - height);
    card.current.style.transform = `translate(${left}px, ${top}px)`;
  });
  return (
    <div className="hover-card" ref={card} role="tooltip">
      {children}
    </div>
  );
}
