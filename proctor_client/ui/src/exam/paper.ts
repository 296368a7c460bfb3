/** The sealed paper: downloaded ahead, checked, kept, and opened with the key that comes at the start. */
import type { ItemView, SealedPaper } from "../lib/api/types";
import { bytesOfBase64 } from "../lib/base64";
import type { PackedMedia } from "./media";
import type { PaperSection } from "./sections";
import type { ExamStore } from "./store";

/** Which tools the form allows. */
export interface DeskTools {
  calculator: boolean;
  notes: boolean;
  highlighter: boolean;
  strike_through: boolean;
  zoom: boolean;
}

export interface Paper {
  form_code: string;
  title: string;
  duration_ms: number;
  /** Unless linear, items stay on the server until it is their turn. */
  design: "linear" | "multistage" | "adaptive";
  /** Items that a candidate gets, at most. */
  item_count: number;
  /** Parts taken one after another, each in its own time; none, or absent in older papers, when it is one piece. */
  sections?: PaperSection[];
  /** Absent in older papers: then those that need no permission. */
  tools?: DeskTools;
  /** Items that stand on one page at most; absent in older papers: one. */
  items_per_page?: number;
  /** Section by section. */
  items: ItemView[];
  /** What the items show, by the SHA-256 that they name. */
  media: PackedMedia;
}

/** The bytes are not the ones that the server announced, or cannot be opened with its key. */
export class PaperError extends Error {
  override readonly name = "PaperError";
}

const NONCE_BYTES = 12;

async function sha256Hex(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Reads a body piece by piece and reports the share that has come, 0 to 1. */
async function readAll(
  response: Response,
  total: number,
  onProgress: (share: number) => void,
): Promise<ArrayBuffer> {
  const reader = response.body?.getReader();
  if (!reader) return response.arrayBuffer();
  const pieces: Uint8Array[] = [];
  let received = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    received += value.length;
    onProgress(Math.min(1, received / Math.max(1, total)));
  }
  const all = new Uint8Array(received);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all.buffer;
}

/**
 * The sealed bytes, from this browser's store or from the server.
 *
 * Throws PaperError when the bytes do not have the announced digest, TypeError when the server is not reached.
 */
export async function fetchSealed(
  paper: SealedPaper,
  store: Pick<ExamStore, "paper" | "savePaper">,
  onProgress: (share: number) => void,
): Promise<ArrayBuffer> {
  const kept = await store.paper(paper.id);
  if (kept && (await sha256Hex(kept)) === paper.sha256) {
    onProgress(1);
    return kept;
  }
  const response = await fetch(paper.url, { credentials: "same-origin" });
  if (!response.ok) throw new TypeError(`paper answered ${response.status}`);
  const sealed = await readAll(response, paper.bytes, onProgress);
  if ((await sha256Hex(sealed)) !== paper.sha256) throw new PaperError("digest");
  try {
    await store.savePaper(paper.id, sealed);
  } catch {
    // A full disk: the paper is then fetched again after a reload.
  }
  onProgress(1);
  return sealed;
}

/** The key as an object that cannot be read back, not even by this page. */
export function importPaperKey(base64: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytesOfBase64(base64), "AES-GCM", false, ["decrypt"]);
}

/** Decrypts and unpacks; throws PaperError for a wrong key or a changed byte. */
export async function openPaper(sealed: ArrayBuffer, key: CryptoKey, additionalData: string): Promise<Paper> {
  let packed: ArrayBuffer;
  try {
    packed = await crypto.subtle.decrypt(
      {
        name: "AES-GCM",
        iv: sealed.slice(0, NONCE_BYTES),
        additionalData: new TextEncoder().encode(additionalData),
      },
      key,
      sealed.slice(NONCE_BYTES),
    );
  } catch {
    throw new PaperError("key");
  }
  // "deflate" is the web's name for the zlib format of RFC 1950.
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(unpacked).text()) as Paper;
}
