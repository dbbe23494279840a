import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { browserTests } from "./suite.ts";

const open = browserTests();

const background = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.body).backgroundColor);

test("the theme is the system's until one is chosen, and the choice is remembered", async () => {
  const page = await open("/apm/traces", { colorScheme: "dark" });
  const dark = await background(page);
  await page.getByRole("button", { name: "Theme: system" }).click();
  const light = await background(page);
  expect(light).not.toBe(dark);
  await page.reload();
  await page.getByRole("heading", { name: "Traces" }).waitFor();
  expect(await background(page)).toBe(light);
  await page.getByRole("button", { name: "Theme: light" }).click();
  expect(await background(page)).toBe(dark);
  await page.getByRole("button", { name: "Theme: dark" }).click();
  await page.emulateMedia({ colorScheme: "light" });
  expect(await background(page)).toBe(light);
});

test("the keyboard map lists what keys do here, and closes", async () => {
  const page = await open("/apm/traces");
  await page.getByRole("heading", { name: "Traces" }).waitFor();
  await page.keyboard.press("?");
  const map = page.getByRole("dialog", { name: "Keyboard" });
  await map.getByText("open the trace").waitFor();
  await page.keyboard.press("Escape");
  await map.waitFor({ state: "detached" });
});

test("the content security policy is strict: nothing inline, nothing from elsewhere", async () => {
  const page = await open("/favicon.svg");
  const answer = await page.goto(new URL("/apm/traces", page.url()).href);
  const policy = answer?.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
});

test("the list can be read on a phone without scrolling sideways", async () => {
  const page = await open("/apm/traces", { viewport: { width: 390, height: 844 } });
  await page.getByRole("heading", { name: "Traces" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});
