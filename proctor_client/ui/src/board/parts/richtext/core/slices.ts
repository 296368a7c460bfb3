/** Pasted or dropped content, fitted to the field it comes into. */
import { Fragment, type Node, type Schema, Slice } from "prosemirror-model";
import type { Features } from "../features";

/** The slice with every node replaced by what the function makes of it; null leaves a node out. */
export function mapNodes(slice: Slice, change: (node: Node) => Node | null): Slice {
  const mapped = (content: Fragment): Fragment => {
    const nodes: Node[] = [];
    content.forEach((node) => {
      const next = change(node.isText ? node : node.copy(mapped(node.content)));
      if (next) nodes.push(next);
    });
    return Fragment.from(nodes);
  };
  return new Slice(mapped(slice.content), slice.openStart, slice.openEnd);
}

/** Without what the field does not offer; in a field of one run of text, blocks become lines. */
export function fitted(slice: Slice, schema: Schema, features: Features): Slice {
  const kept = mapNodes(slice, (node) => {
    if (node.type.name === "gap" && !features.hasGaps) return null;
    if (!features.hasMedia && ["image", "audio"].includes(node.type.name)) return null;
    const hottext = schema.marks.hottext;
    return hottext && !features.hasHottexts ? node.mark(hottext.removeFromSet(node.marks)) : node;
  });
  return schema.topNodeType.inlineContent ? asLines(kept, schema) : kept;
}

function asLines(slice: Slice, schema: Schema): Slice {
  if (slice.content.firstChild?.isInline ?? true) return slice;
  const lineEnd = schema.nodes.hard_break;
  const nodes: Node[] = [];
  const take = (block: Node): void => {
    if (!block.inlineContent) {
      block.forEach((child) => {
        if (child.isBlock) take(child);
      });
      return;
    }
    if (nodes.length > 0 && block.content.size > 0 && lineEnd) nodes.push(lineEnd.create());
    block.forEach((node) => {
      nodes.push(...(block.type.spec.code && node.isText ? codeLines(node, schema) : [node]));
    });
  };
  slice.content.forEach(take);
  return new Slice(Fragment.from(nodes), 0, 0);
}

function codeLines(text: Node, schema: Schema): Node[] {
  const lineEnd = schema.nodes.hard_break;
  return (text.text ?? "")
    .split("\n")
    .flatMap((line, i) => [
      ...(i > 0 && lineEnd ? [lineEnd.create()] : []),
      ...(line === "" ? [] : [schema.text(line, text.marks)]),
    ]);
}
