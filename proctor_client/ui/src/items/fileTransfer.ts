/** How files of a practical task are handed in; the page around the items says how. */
import { getContext, setContext } from "svelte";

export interface FileTransfer {
  /** Nothing is kept: the page only shows what a candidate would see. */
  readonly isPreview: boolean;
  /** Stores a file and gives its SHA-256 in hexadecimal digits; rejects when it could not be stored. */
  send(file: File, onProgress: (share: number) => void): Promise<string>;
  /** Size in bytes of a file handed in, as far as this page knows it. */
  sizeOf(hash: string): number | undefined;
}

const KEY = Symbol("file transfer");

/** Lets the items below the calling component hand files in. */
export function provideFileTransfer(transfer: FileTransfer): void {
  setContext(KEY, transfer);
}

/** The page's way to hand files in; none where nothing can be handed in. */
export const fileTransfer = (): FileTransfer | undefined => getContext<FileTransfer | undefined>(KEY);

/** A transfer that keeps only the digest and size of a file, for previews. */
export function previewTransfer(): FileTransfer {
  const sizes = new Map<string, number>();
  return {
    isPreview: true,
    async send(file, onProgress) {
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
      sizes.set(hash, file.size);
      onProgress(1);
      return hash;
    },
    sizeOf: (hash) => sizes.get(hash),
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
