// The thin bar at the top of a page that waits for an answer. It shows itself only after 150 ms (by its style), so
// quick answers never flicker.

import type { ReactNode } from "react";

export function Progress({ active }: { readonly active: boolean }): ReactNode {
  return active ? <div className="progress" role="progressbar" aria-label="Waiting for the server" /> : null;
}
