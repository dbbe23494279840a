// A link to a page of ours: a real anchor, so that it can be opened in a new tab, followed without loading anew.

import type { MouseEvent, ReactNode } from "react";
import { open } from "../base/location.ts";

interface Props {
  readonly to: string;
  readonly children: ReactNode;
  readonly className?: string;
  readonly title?: string;
  readonly current?: boolean;
  /** Does more than opening `to`; it is then the caller who opens. */
  readonly onFollow?: () => void;
}

export function Link({ to, children, className, title, current = false, onFollow }: Props): ReactNode {
  const follow = (event: MouseEvent): void => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    if (onFollow === undefined) open(to);
    else onFollow();
  };
  return (
    <a href={to} onClick={follow} className={className} title={title} aria-current={current ? "page" : undefined}>
      {children}
    </a>
  );
}

/** Whether a click asks for nothing special (new tab, new window, download). */
export function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}
