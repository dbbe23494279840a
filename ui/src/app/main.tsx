// The pages start here.

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { KeyboardProvider } from "../widgets/keyboard.tsx";
import { FaultBoundary } from "./fault-boundary.tsx";
import { Router } from "./router.tsx";
import { Shell } from "./shell.tsx";
import { applyTheme, chosenTheme } from "./theme.ts";
import "./theme.css";
import "./base.css";
import "../widgets/widgets.css";
import "../charts/charts.css";

/** Traces of ten thousand spans weigh some megabytes; those not looked at any more go after a minute. */
const queries = new QueryClient({
  defaultOptions: { queries: { gcTime: 60_000, refetchOnWindowFocus: false, networkMode: "always" } },
});

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");

applyTheme(chosenTheme());
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <KeyboardProvider>
        <Shell>
          <FaultBoundary>
            <Router />
          </FaultBoundary>
        </Shell>
      </KeyboardProvider>
    </QueryClientProvider>
  </StrictMode>,
);
