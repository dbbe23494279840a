// Keyboard bindings as data: the same table drives the handler and the map under `?`.

/** One thing the keyboard can do on the page at hand. */
export interface Binding {
  /** Keys as `KeyboardEvent.key` names them, any of which does it; `Shift+` in front where shift matters. */
  readonly keys: readonly string[];
  /** What it does, as the keyboard map says it. */
  readonly does: string;
  readonly run: () => void;
}

/** The part of a keyboard event that a binding is chosen by. */
export interface Stroke {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** The binding that a stroke asks for, if any. With control, alt or meta held the stroke is the browser's. */
export function bindingFor(stroke: Stroke, bindings: readonly Binding[]): Binding | undefined {
  if (stroke.ctrlKey || stroke.metaKey || stroke.altKey) return undefined;
  const name = strokeName(stroke);
  return bindings.find((binding) => binding.keys.includes(name));
}

/** A letter with shift is `Shift+e`, whatever caps lock says; of other keys `key` already tells (`?`). */
function strokeName({ key, shiftKey }: Stroke): string {
  const letter = /^[a-z]$/i.test(key);
  const base = letter ? key.toLowerCase() : key;
  return shiftKey && (letter || key.length > 1) ? `Shift+${base}` : base;
}

const SYMBOLS: Readonly<Record<string, string>> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  " ": "Space",
};

/** A key as the keyboard map prints it: `↑`, `Esc`, `Shift E`. */
export function keyLabel(key: string): string {
  if (key.startsWith("Shift+")) return `Shift ${keyLabel(key.slice("Shift+".length))}`;
  return SYMBOLS[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}
