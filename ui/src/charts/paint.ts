// The theme's colours as canvas wants them. A token is a CSS expression that only the browser can resolve, so it is
// asked once per theme.

import { useSyncExternalStore } from "react";
import { PALETTE_SIZE } from "../model/palette.ts";

/** Colours and fonts for drawing. */
export interface Paint {
  readonly page: string;
  readonly strong: string;
  readonly normal: string;
  readonly quiet: string;
  readonly hairline: string;
  readonly hairlineStrong: string;
  readonly accent: string;
  readonly selected: string;
  readonly hovered: string;
  readonly error: string;
  readonly onService: string;
  readonly services: readonly string[];
  /** CSS font shorthand of what is written on bars. */
  readonly font: string;
}

/** The colours of the theme as it stands; renewed when the user or the system changes it. */
export function usePaint(): Paint {
  return useSyncExternalStore(watchTheme, currentPaint);
}

let current: Paint | null = null;

function currentPaint(): Paint {
  current ??= resolve();
  return current;
}

function watchTheme(changed: () => void): () => void {
  const renew = (): void => {
    current = null;
    changed();
  };
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", renew);
  const chosen = new MutationObserver(renew);
  chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    system.removeEventListener("change", renew);
    chosen.disconnect();
  };
}

function resolve(): Paint {
  const probe = document.createElement("span");
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const colour = (token: string): string => {
    probe.style.color = `var(--${token})`;
    return style.color;
  };
  probe.style.font = "var(--text-axis) var(--face)";
  const paint = {
    page: colour("page"),
    strong: colour("strong"),
    normal: colour("normal"),
    quiet: colour("quiet"),
    hairline: colour("hairline"),
    hairlineStrong: colour("hairline-strong"),
    accent: colour("accent"),
    selected: colour("selected"),
    hovered: colour("hovered"),
    error: colour("error"),
    onService: colour("on-service"),
    services: Array.from({ length: PALETTE_SIZE }, (_, i) => colour(`service-${i}`)),
    font: `${style.fontSize} ${style.fontFamily}`,
  };
  probe.remove();
  return paint;
}
