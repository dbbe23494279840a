// A button that copies a text and says that it did.

import { useEffect, useState, type ReactNode } from "react";

/** How long "copied" stands before the button is itself again. */
const SAID_FOR_MS = 1_500;

type Said = "copy" | "copied" | "not allowed";

/** Copies `text`; `what` names it for the tooltip and for screen readers: "trace id". */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }): ReactNode {
  const [said, setSaid] = useState<Said>("copy");
  useEffect(() => {
    if (said === "copy") return undefined;
    const timer = setTimeout(() => setSaid("copy"), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = (): void => {
    writeClipboard(text).then(
      () => setSaid("copied"),
      () => setSaid("not allowed"),
    );
  };
  return (
    <button type="button" className="copy" onClick={copy} title={`Copy ${what}`} aria-label={`Copy ${what}`}>
      {said === "copy" ? <span className="copy-mark" /> : said}
    </button>
  );
}

/** Browsers offer the clipboard only to secure pages; on a plain host name there is none, and that is said. */
async function writeClipboard(text: string): Promise<void> {
  if (!("clipboard" in navigator)) throw new Error("no clipboard");
  await navigator.clipboard.writeText(text);
}
