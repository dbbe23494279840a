// One keyboard for the whole page: components say what keys do while they are shown; `?` lists them all.

import { createContext, use, useEffect, useMemo, useRef, type ReactNode } from "react";
import { bindingFor, type Binding } from "../base/keys.ts";

/** Bindings under a heading of the keyboard map. */
export interface BindingGroup {
  readonly title: string;
  readonly bindings: readonly Binding[];
}

interface Keyboard {
  readonly add: (group: BindingGroup) => () => void;
  readonly groups: () => readonly BindingGroup[];
}

const KeyboardContext = createContext<Keyboard | null>(null);

export function KeyboardProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const groups = useRef<readonly BindingGroup[]>([]);
  const keyboard = useMemo<Keyboard>(
    () => ({
      add: (group) => {
        groups.current = [...groups.current, group];
        return () => {
          groups.current = groups.current.filter((other) => other !== group);
        };
      },
      groups: () => groups.current,
    }),
    [],
  );
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || belongsToControl(event)) return;
      // The group that came last is the innermost: an open dialog before its page.
      for (const group of groups.current.toReversed()) {
        const binding = bindingFor(event, group.bindings);
        if (binding === undefined) continue;
        event.preventDefault();
        binding.run();
        return;
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  return <KeyboardContext value={keyboard}>{children}</KeyboardContext>;
}

/** Makes keys work while the component is shown. */
export function useKeyboard(title: string, bindings: readonly Binding[]): void {
  const keyboard = useKeyboardContext();
  useEffect(() => keyboard.add({ title, bindings }), [keyboard, title, bindings]);
}

/** All that the keyboard can do at this moment, for the map. */
export function useBindingGroups(): () => readonly BindingGroup[] {
  return useKeyboardContext().groups;
}

function useKeyboardContext(): Keyboard {
  const keyboard = use(KeyboardContext);
  if (keyboard === null) throw new Error("the keyboard is used outside its provider");
  return keyboard;
}

/**
 * Whether what has the focus wants the stroke for itself: a dialog every one, inputs text, what can be pressed Enter
 * and Space.
 */
function belongsToControl(event: KeyboardEvent): boolean {
  if (!(event.target instanceof Element)) return false;
  if (event.target.closest("dialog") !== null) return true;
  if (event.key === "Escape") return false;
  if (event.target.closest("input, textarea, select") !== null) return true;
  return (event.key === "Enter" || event.key === " ") && event.target.closest("button, a, summary") !== null;
}
