// A span's error: type, message, stack, without a click.

import type { ReactNode } from "react";
import type { Span } from "../../../api/trace.ts";
import { CopyButton } from "../../../widgets/copy-button.tsx";
import { Untrusted } from "../../../widgets/untrusted.tsx";
import { errorOf } from "../span-facts.ts";

export function ErrorSection({ span }: { readonly span: Span }): ReactNode {
  const error = errorOf(span);
  if (error === null) return null;
  return (
    <section className="panel-error" aria-label="Error">
      <h3>
        <span className="error-mark">✕</span> {error.type === "" ? "Error" : <Untrusted text={error.type} />}
        {error.stack !== "" && <CopyButton text={error.stack} what="stack" />}
      </h3>
      <p>
        {error.message === "" ? (
          <span className="quiet">The tracer sent no message.</span>
        ) : (
          <Untrusted text={error.message} />
        )}
      </p>
      {error.stack !== "" && (
        <pre tabIndex={0}>
          <Untrusted text={error.stack} />
        </pre>
      )}
    </section>
  );
}
