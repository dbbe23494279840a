// A headless Chromium, and pages in it that complain about everything a page should not do.

import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { pagesUrl } from "./agent.ts";

/** Debian's Chromium; another one by `TRACEHOUND_CHROMIUM`. */
const EXECUTABLE = process.env["TRACEHOUND_CHROMIUM"] ?? "/usr/bin/chromium";

/** No sandbox, because tests may run as root; nothing that would talk to anybody but the page's own server. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
}

/** A page, and what went wrong on it so far: faults, refused content, dialogs, requests to other hosts. */
export interface Watched {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** A page in a browser profile of its own, at `path`. */
export async function openPage(browser: Browser, path: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (fault) => complaints.push(`fault: ${fault.message}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    // The browser itself reports every answer that is not 2xx; tests of failures cause them on purpose.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      complaints.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== "data:" && host !== new URL(pagesUrl()).host) complaints.push(`request to ${request.url()}`);
  });
  await page.goto(pagesUrl() + path);
  return { page, complaints };
}
