// What this browser remembers for its user (theme, sizes): one wrapper of local storage, that never throws.

const PREFIX = "tracehound.";

/** Reads a preference; null if there is none or storage is off. */
export function readPreference(name: string): string | null {
  try {
    return window.localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Keeps a preference, or forgets it where storage is off or full: a preference is never worth an error. */
export function writePreference(name: string, value: string): void {
  try {
    window.localStorage.setItem(PREFIX + name, value);
  } catch {
    return;
  }
}
