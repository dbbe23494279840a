// Text that came from a span: always text nodes, with unseen controls shown as marks. There is no way to pass markup.

import { memo, type ReactNode } from "react";
import { pieces } from "../base/text.ts";

export const Untrusted = memo(function Untrusted({ text }: { readonly text: string }): ReactNode {
  const cut = pieces(text);
  if (cut.length === 1 && cut[0]?.control === false) return text;
  return cut.map((piece, i) =>
    piece.control ? (
      // oxlint-disable-next-line react/no-array-index-key -- pieces of one text have no other name, and never move
      <span key={i} className="control" title="a control character that is not visible">
        {piece.text}
      </span>
    ) : (
      piece.text
    ),
  );
});
