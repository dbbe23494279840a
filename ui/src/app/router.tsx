// From address to page.

import { useEffect, type ReactNode } from "react";
import { rewrite } from "../base/location.ts";
import { TRACES_PATH } from "../pages/addresses.ts";
import { NotFoundPage } from "../pages/not-found.tsx";
import { TracePage } from "../pages/trace/page.tsx";
import { readTraceUrl } from "../pages/trace/url.ts";
import { TracesPage } from "../pages/traces/page.tsx";
import { readTracesUrl } from "../pages/traces/url.ts";
import { useAddress } from "../widgets/use-address.ts";

export function Router(): ReactNode {
  const address = useAddress();
  if (address.path === "/") return <Redirect to={TRACES_PATH} />;
  const list = readTracesUrl(address);
  if (list !== null) return <TracesPage {...list} />;
  const trace = readTraceUrl(address);
  // Another trace is another page: nothing of the one before may linger.
  if (trace !== null) return <TracePage key={trace.traceId} state={trace} />;
  return <NotFoundPage path={address.path} />;
}

function Redirect({ to }: { readonly to: string }): ReactNode {
  useEffect(() => rewrite(to), [to]);
  return null;
}
