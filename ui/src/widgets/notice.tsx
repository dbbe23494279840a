// A page or band with nothing to show but a message: empty, failed, not found.

import type { ReactNode } from "react";

interface Props {
  readonly title: string;
  readonly children?: ReactNode;
  readonly kind?: "plain" | "error";
}

export function Notice({ title, children, kind = "plain" }: Props): ReactNode {
  return (
    <section className={`notice notice-${kind}`} role={kind === "error" ? "alert" : undefined}>
      <h2>
        {kind === "error" && <span className="error-mark">✕ </span>}
        {title}
      </h2>
      {children}
    </section>
  );
}
