/** Pictures on their way from the clipboard or a drop into the text: each is described and uploaded first. */
import type { Node, Slice } from "prosemirror-model";
import type { EditorView } from "prosemirror-view";
import { bytesOfBase64 } from "../../../../lib/base64";
import { mapNodes } from "./slices";

/** A picture that waits for its alternative text. */
export interface PendingPicture {
  file: File;
  /** What the source said of it; only a suggestion. */
  alt: string;
}
export interface PictureAttributes {
  src: string;
  alt: string;
  width: number | null;
  height: number | null;
}
/** Asks for descriptions and uploads; calls `insert` once, with null for each picture that was left out. */
export type AskForPictures = (
  pictures: readonly PendingPicture[],
  insert: (stored: readonly (PictureAttributes | null)[]) => void,
  /** Whether words come with the pictures. */
  hasText: boolean,
) => void;

const DATA = /^data:(image\/[a-z]+);base64,(.+)$/i;

/** The picture files among what the clipboard or a drop holds. */
export const pictureFiles = (data: DataTransfer | null): File[] =>
  [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));

/** The file inside a data address; null where it is none, or damaged. */
export function fileOfAddress(address: string, name: string): File | null {
  const [, type, base64] = DATA.exec(address) ?? [];
  if (type === undefined || base64 === undefined) return null;
  try {
    const bytes = bytesOfBase64(base64.replace(/\s+/g, ""));
    return new File([bytes], name, { type });
  } catch {
    return null;
  }
}

const isUnstored = (node: Node): boolean =>
  (node.type.name === "image" || node.type.name === "picture") &&
  !String(node.attrs.src).startsWith("media:");

/** The pictures of a slice that are not stored yet, in their order; null where one cannot be read. */
export function unstoredPictures(slice: Slice): (PendingPicture | null)[] {
  const found: (PendingPicture | null)[] = [];
  slice.content.descendants((node) => {
    if (!isUnstored(node)) return;
    const file = fileOfAddress(String(node.attrs.src), `clipboard-${found.length + 1}`);
    found.push(file ? { file, alt: String(node.attrs.alt) } : null);
  });
  return found;
}

/** The slice with its unstored pictures replaced, in their order; null takes one out. */
export function withStored(slice: Slice, stored: readonly (PictureAttributes | null)[]): Slice {
  let next = 0;
  return mapNodes(slice, (node) => {
    if (!isUnstored(node)) return node;
    const attributes = stored[next++] ?? null;
    return attributes && node.type.create(attributes, null, node.marks);
  });
}

/** Inserts a slice once its pictures are stored. */
export function insertWhenStored(view: EditorView, slice: Slice, ask: AskForPictures): void {
  const found = unstoredPictures(slice);
  const readable = found.filter((picture) => picture !== null);
  ask(
    readable,
    (stored) => {
      let next = 0;
      const all = found.map((picture) => (picture ? (stored[next++] ?? null) : null));
      view.dispatch(view.state.tr.replaceSelection(withStored(slice, all)).scrollIntoView());
      view.focus();
    },
    slice.content.textBetween(0, slice.content.size, " ").trim() !== "",
  );
}
