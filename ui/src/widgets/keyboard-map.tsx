// The keyboard map: a dialog with all that keys can do where one is.

import { useEffect, useRef, type ReactNode } from "react";
import { keyLabel } from "../base/keys.ts";
import type { BindingGroup } from "./keyboard.tsx";

interface Props {
  readonly groups: readonly BindingGroup[];
  readonly onClose: () => void;
}

export function KeyboardMap({ groups, onClose }: Props): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="keyboard-map" onClose={onClose} aria-labelledby="keyboard-map-title">
      <header>
        <h2 id="keyboard-map-title">Keyboard</h2>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </header>
      {groups.map(({ title, bindings }) => (
        <section key={title}>
          <h3>{title}</h3>
          <dl>
            {bindings.map(({ does, keys }) => (
              <div key={does}>
                <dt>
                  {keys.map((key) => (
                    <kbd key={key}>{keyLabel(key)}</kbd>
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </dialog>
  );
}
