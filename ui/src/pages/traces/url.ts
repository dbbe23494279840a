// The address of the list: `/apm/traces?selected=<trace id>`.

import type { Address } from "../../base/location.ts";
import { TRACES_PATH } from "../addresses.ts";

export interface TracesState {
  /** The row that the keyboard stands on; null for none. */
  readonly selected: string | null;
}

export function readTracesUrl({ path, query }: Address): TracesState | null {
  return path === TRACES_PATH ? { selected: new URLSearchParams(query).get("selected") } : null;
}

export function writeTracesUrl({ selected }: TracesState): string {
  return selected === null ? TRACES_PATH : `${TRACES_PATH}?${new URLSearchParams({ selected })}`;
}
