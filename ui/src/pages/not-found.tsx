// The page for addresses that lead nowhere.

import type { ReactNode } from "react";
import { Link } from "../widgets/link.tsx";
import { Notice } from "../widgets/notice.tsx";
import { Untrusted } from "../widgets/untrusted.tsx";
import { TRACES_PATH } from "./addresses.ts";

export function NotFoundPage({ path }: { readonly path: string }): ReactNode {
  return (
    <main className="centred">
      <Notice title="There is no such page">
        <p>
          Nothing stands at{" "}
          <code>
            <Untrusted text={path} />
          </code>
          . Go to <Link to={TRACES_PATH}>the list of traces</Link>.
        </p>
      </Notice>
    </main>
  );
}
