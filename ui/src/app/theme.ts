// Light, dark, or as the system has it: a preference of this browser.

import { readPreference, writePreference } from "../base/preference.ts";

export type Theme = "system" | "light" | "dark";

export const THEMES: readonly Theme[] = ["system", "light", "dark"];

export function chosenTheme(): Theme {
  const kept = readPreference("theme");
  return THEMES.find((theme) => theme === kept) ?? "system";
}

/** Shows the page in that theme. The style sheet does the rest. */
export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

export function chooseTheme(theme: Theme): void {
  writePreference("theme", theme);
  applyTheme(theme);
}
