import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds a running Tracehound. */
const server = process.env["TRACEHOUND_URL"] ?? "http://localhost:8127";

export default defineConfig({
  plugins: [react()],
  // A data: URL would be refused by the content security policy for everything but images.
  build: { assetsInlineLimit: 0, target: "es2023", cssTarget: ["chrome123", "firefox120", "safari17.5"] },
  server: { proxy: { "/api": server } },
  test: { include: ["src/**/*.test.ts"] },
});
