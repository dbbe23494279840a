// A small square in one of the twenty service colours.

import type { ReactNode } from "react";

export function Swatch({ colour }: { readonly colour: number }): ReactNode {
  return <span className="swatch" style={{ background: `var(--service-${colour})` }} aria-hidden="true" />;
}
