/** How files of a practical task are handed in; the page around the items says how. */
import { getContext, setContext } from "svelte";

/** One version of a file that was handed in. */
export interface HandedFile {
  /** Item it belongs to. */
  readonly item: string;
  readonly sha256: string;
  readonly name: string;
  /** 0 when this page does not know. */
  readonly sizeBytes: number;
  /** When it was chosen, epoch ms. */
  readonly chosenAtMs: number;
  /** Bytes that have arrived. */
  readonly receivedBytes: number;
  readonly isComplete: boolean;
  /** What looking through it has found: `sound`, or the code of what is wrong; null until then. */
  readonly finding: string | null;
  /** Why it does not get on by itself: its bytes are gone, or it is not taken, with what was said. */
  readonly fault: { kind: "gone" } | { kind: "refused"; text: string } | null;
  /** A reload of the page does not lose it. */
  readonly isKept: boolean;
}

export interface FileTransfer {
  /** Nothing is kept: the page only shows what a candidate would see. */
  readonly isPreview: boolean;
  /** How long after the end files that were chosen before may still arrive, ms. */
  readonly graceMs: number;
  /** Nothing gets through at the moment. */
  readonly isStuck: boolean;
  /** Takes a file into hand and gives its SHA-256 in hexadecimal digits; rejects when it cannot be read. */
  take(item: string, file: File, name: string): Promise<string>;
  /** Resolves once the answers given so far outlive a reload of the page, as far as the browser can keep them. */
  noted(): Promise<void>;
  /** Every version handed in for an item, the earliest first. */
  versions(item: string): readonly HandedFile[];
}

const KEY = Symbol("file transfer");

/** Lets the items below the calling component hand files in. */
export function provideFileTransfer(transfer: FileTransfer): void {
  setContext(KEY, transfer);
}

/** The page's way to hand files in; none where nothing can be handed in. */
export const fileTransfer = (): FileTransfer | undefined => getContext<FileTransfer | undefined>(KEY);

export async function sha256Of(bytes: ArrayBuffer): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A transfer that keeps only name, digest and size of a file, for previews. */
export function previewTransfer(): FileTransfer {
  const files: HandedFile[] = [];
  return {
    isPreview: true,
    graceMs: 0,
    isStuck: false,
    async take(item, file, name) {
      const sha256 = await sha256Of(await file.arrayBuffer());
      const sizes = { sizeBytes: file.size, receivedBytes: file.size };
      const state = { isComplete: true, finding: null, fault: null, isKept: true };
      files.push({ item, sha256, name, chosenAtMs: Date.now(), ...sizes, ...state });
      return sha256;
    },
    noted: () => Promise.resolve(),
    versions: (item) => files.filter((file) => file.item === item),
  };
}

/** A file's name as it may be stored: without characters that some system refuses, at most 120 of them. */
export function storedName(name: string): string {
  const ending = /\.[^.]{1,10}$/.exec(name)?.[0] ?? "";
  const clean = (text: string): string =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not stay
    text.normalize("NFC").replace(/[/\\:*?"<>|\u0000-\u001f]/g, "_");
  return clean(name.slice(0, name.length - ending.length)).slice(0, 120 - ending.length) + clean(ending);
}

/** Ending of a file's name in small letters, without the dot. */
export const endingOf = (name: string): string =>
  name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : "";
