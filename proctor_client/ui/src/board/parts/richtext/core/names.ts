/** What a reader of the field is told of gaps and tables: their numbers in the text, as candidates see them. */
import type { Node } from "prosemirror-model";
import { Plugin } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import { gapPlaces } from "./identifiers";

export interface Names {
  gap: (number: number) => string;
  /** For tables without a caption. */
  table: (number: number) => string;
}

/** Numbers the gaps, and gives every table a name for screen readers: its caption, or else its number. */
export function numbered(names: Names): Plugin {
  return new Plugin({
    props: {
      decorations: ({ doc }) =>
        DecorationSet.create(doc, [...gapNumbers(doc, names), ...tableNames(doc, names)]),
    },
  });
}

function gapNumbers(doc: Node, names: Names): Decoration[] {
  return gapPlaces(doc).map(({ from, to }, i) =>
    Decoration.node(from, to, {
      "data-number": String(i + 1),
      "aria-label": names.gap(i + 1),
      role: "img",
      class: "gap",
    }),
  );
}

function tableNames(doc: Node, names: Names): Decoration[] {
  const named: Decoration[] = [];
  doc.descendants((node, from, parent) => {
    if (node.type.name !== "table") return;
    const caption = parent?.type.name === "captioned_table" ? parent.firstChild?.textContent.trim() : "";
    const name = caption || names.table(named.length + 1);
    named.push(Decoration.node(from, from + node.nodeSize, { "aria-label": name }));
  });
  return named;
}
