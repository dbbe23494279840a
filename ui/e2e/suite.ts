// What the browser tests share: one Chromium per file, and pages that must not have complained when their test is over.

import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launch, openPage, type Watched } from "./browser.ts";

/** Sets up a file of tests. Gives the function with which its tests open pages. */
export function browserTests(): (path: string, options?: BrowserContextOptions) => Promise<Page> {
  let browser: Awaited<ReturnType<typeof launch>>;
  let open: Watched[] = [];
  beforeAll(async () => {
    browser = await launch();
  });
  afterEach(async () => {
    const complaints = open.flatMap((watched) => watched.complaints);
    await Promise.all(open.map(({ page }) => page.context().close()));
    open = [];
    expect(complaints).toEqual([]);
  });
  afterAll(() => browser.close());
  return async (path, options) => {
    const watched = await openPage(browser, path, options);
    open.push(watched);
    return watched.page;
  };
}

/** The row of a trace in the list. */
export function rowOf(page: Page, traceId: bigint) {
  return page.locator(`[data-trace-id="${hexOf(traceId)}"]`);
}

/** A trace id as the pages write it. */
export function hexOf(traceId: bigint): string {
  return traceId.toString(16).padStart(32, "0");
}

/** The name of a span in the waterfall, by its operation. */
export function labelOf(page: Page, operation: string) {
  return page.getByRole("treeitem").filter({ hasText: operation });
}
