// The address bar as a value that can be watched: the only place that touches `history`.

/** Path and query as they stand in the address bar. */
export interface Address {
  readonly path: string;
  readonly query: string;
}

type Listener = () => void;

const listeners = new Set<Listener>();

/** The address now: one string, so that React can compare two of them. */
export function href(): string {
  return `${window.location.pathname}${window.location.search}`;
}

/** Splits what {@link href} gave. */
export function addressOf(text: string): Address {
  const at = text.indexOf("?");
  return at < 0 ? { path: text, query: "" } : { path: text.slice(0, at), query: text.slice(at + 1) };
}

/** Calls back after each change, by us or by the browser's buttons. Returns how to stop. */
export function watch(listener: Listener): () => void {
  if (listeners.size === 0) window.addEventListener("popstate", tell);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener("popstate", tell);
  };
}

/** Goes to another address of ours. The back button undoes it. */
export function open(address: string): void {
  window.history.pushState(null, "", address);
  tell();
}

/** Writes the state of the page into its address; the back button does not stop at it. */
export function rewrite(address: string): void {
  if (address === href()) return;
  window.history.replaceState(window.history.state, "", address);
  tell();
}

/** Keeps how far the page is scrolled with its entry in the history, for when the back button returns to it. */
export function rememberScroll(top: number): void {
  window.history.replaceState({ scrollTop: top }, "");
}

/** What {@link rememberScroll} kept with this entry; 0 if nothing. */
export function rememberedScroll(): number {
  const state: unknown = window.history.state;
  if (typeof state !== "object" || state === null || !("scrollTop" in state)) return 0;
  return typeof state.scrollTop === "number" ? state.scrollTop : 0;
}

function tell(): void {
  for (const listener of listeners) listener();
}
