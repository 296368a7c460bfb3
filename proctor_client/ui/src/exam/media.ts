/** Pictures, sounds and files that came with the paper, as addresses that work without the network. */
import type { Views } from "../lib/api/server";
import { bytesOfBase64 } from "../lib/base64";

export type PackedMedia = Record<string, Views["PackedMedium"]>;

/** Addresses stand until `revoke`; the file behind one is unpacked when it is first asked for. */
export class PaperMedia {
  readonly #packed = new Map<string, Views["PackedMedium"]>();
  readonly #addresses = new Map<string, string>();

  add(media: PackedMedia): void {
    for (const [sha256, packed] of Object.entries(media)) this.#packed.set(sha256, packed);
  }

  /** Empty for a file that did not come: the page then shows its description. */
  readonly url = (sha256: string): string => {
    const known = this.#addresses.get(sha256);
    if (known !== undefined) return known;
    const packed = this.#packed.get(sha256);
    if (!packed) return "";
    const address = URL.createObjectURL(
      new Blob([bytesOfBase64(packed.base64)], { type: packed.content_type }),
    );
    this.#addresses.set(sha256, address);
    return address;
  };

  revoke(): void {
    for (const address of this.#addresses.values()) URL.revokeObjectURL(address);
    this.#addresses.clear();
  }
}
