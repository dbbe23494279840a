// `npm run perf`: lets vite translate the measurement, which Node itself could not run as TypeScript.

import { runnerImport } from "vite";

await runnerImport(new URL("measure.ts", import.meta.url).pathname, { configFile: false });
