// The address bar as React state.

import { useSyncExternalStore } from "react";
import { addressOf, href, watch, type Address } from "../base/location.ts";

export function useAddress(): Address {
  return addressOf(useSyncExternalStore(watch, href));
}
