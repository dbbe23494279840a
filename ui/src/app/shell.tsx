// What stands around every page: navigation, theme, keyboard map.

import { useCallback, useMemo, useState, type ReactNode } from "react";
import { TRACES_PATH } from "../pages/addresses.ts";
import { KeyboardMap } from "../widgets/keyboard-map.tsx";
import { useBindingGroups, useKeyboard, type BindingGroup } from "../widgets/keyboard.tsx";
import { Link } from "../widgets/link.tsx";
import { useAddress } from "../widgets/use-address.ts";
import { chooseTheme, chosenTheme, THEMES, type Theme } from "./theme.ts";
import "./shell.css";

export function Shell({ children }: { readonly children: ReactNode }): ReactNode {
  const { path } = useAddress();
  const groups = useBindingGroups();
  const [map, setMap] = useState<readonly BindingGroup[] | null>(null);
  const openMap = useCallback(() => setMap(groups()), [groups]);
  const closeMap = useCallback(() => setMap(null), []);
  const bindings = useMemo(() => [{ keys: ["?"], does: "this map", run: openMap }], [openMap]);
  useKeyboard("Everywhere", bindings);
  return (
    <div className="shell">
      <nav className="side" aria-label="Pages">
        <span className="brand">Tracehound</span>
        <Link to={TRACES_PATH} current={path.startsWith("/apm/trace")} title="Traces">
          <span className="nav-mark" aria-hidden="true">
            ▤
          </span>
          <span className="nav-word">Traces</span>
        </Link>
        <div className="side-end">
          <ThemeButton />
          <button type="button" onClick={openMap} title="Keyboard map (?)">
            <kbd>?</kbd>
            <span className="nav-word">Keyboard</span>
          </button>
        </div>
      </nav>
      <div className="content">{children}</div>
      {map !== null && <KeyboardMap groups={map} onClose={closeMap} />}
    </div>
  );
}

/** Goes round the themes: as the system has it, light, dark. */
function ThemeButton(): ReactNode {
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  const change = (): void => {
    chooseTheme(next);
    setTheme(next);
  };
  return (
    <button type="button" onClick={change} title={`Theme: ${theme}. Switch to ${next}`}>
      <span className={`theme-mark theme-mark-${theme}`} />
      <span className="nav-word">{`Theme: ${theme}`}</span>
    </button>
  );
}
