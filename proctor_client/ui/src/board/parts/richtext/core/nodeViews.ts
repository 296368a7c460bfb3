/** How formulas, pictures and sound look in the field. */
import type { Node } from "prosemirror-model";
import type { NodeViewConstructor } from "prosemirror-view";
import { setItemHtml } from "../../../../items/trustedHtml";
import { mediaUrl } from "../media";

/** The MathML of a LaTeX formula; rejects where the formula has a fault. */
export type ConvertFormula = (latex: string, isBlock: boolean) => Promise<string>;

const hashOf = (node: Node): string => String(node.attrs.src).replace(/^media:/, "");

/** A formula as MathML as soon as the server has converted it; until then, and after a fault, its source. */
export function formulaView(convert: ConvertFormula): NodeViewConstructor {
  return (first) => {
    const dom = document.createElement("span");
    let shown: Node | null = null;
    const show = (node: Node): void => {
      if (shown && node.sameMarkup(shown)) return;
      shown = node;
      const latex = String(node.attrs.latex);
      dom.className = node.attrs.isBlock ? "formula block source" : "formula source";
      dom.title = latex;
      dom.textContent = latex;
      convert(latex, Boolean(node.attrs.isBlock)).then(
        (mathml) => {
          if (shown !== node) return;
          setItemHtml(dom, mathml);
          dom.classList.remove("source");
        },
        () => {
          if (shown === node) dom.classList.add("faulty");
        },
      );
    };
    show(first);
    return {
      dom,
      update: (next) => {
        if (next.type !== first.type) return false;
        show(next);
        return true;
      },
      // An outer decoration may change the class; what is inside is ours.
      ignoreMutation: () => true,
      destroy: () => {
        shown = null;
      },
    };
  };
}

export const pictureView: NodeViewConstructor = (node) => {
  const dom = document.createElement("img");
  dom.src = mediaUrl(hashOf(node));
  dom.alt = String(node.attrs.alt);
  dom.title = dom.alt;
  for (const side of ["width", "height"] as const) {
    if (node.attrs[side] !== null) dom.setAttribute(side, String(node.attrs[side]));
  }
  return { dom };
};

export const soundView: NodeViewConstructor = (node) => {
  const dom = document.createElement("span");
  dom.className = "sound";
  const player = document.createElement("audio");
  player.controls = true;
  player.preload = "none";
  player.src = mediaUrl(hashOf(node));
  dom.append(player);
  // The player's own buttons are not for the editor to take.
  return { dom, stopEvent: (event) => event.target === player && event.type !== "dragstart" };
};
