/** Handing in waits for files that are still on their way, unless the candidate decides otherwise. */
import type { NamedFile, Uploads } from "./files/uploads.svelte";

/** What the candidate wants while files are on their way: hand in without them, or go back to work. */
export type FileDecision = "go_on" | "go_back";

export class FileWait {
  isOn = $state(false);
  #decide: ((decision: FileDecision) => void) | null = null;

  /** Resolves once the files are there, or the candidate has decided. */
  async over(uploads: Uploads | null, named: readonly NamedFile[]): Promise<FileDecision> {
    if (!uploads || uploads.missing(named).length === 0) return "go_on";
    this.isOn = true;
    uploads.wake();
    const decision = await Promise.race([
      uploads.settled().then(() => "go_on" as const),
      new Promise<FileDecision>((resolve) => {
        this.#decide = resolve;
      }),
    ]);
    this.isOn = false;
    return decision;
  }

  decide(decision: FileDecision): void {
    this.#decide?.(decision);
  }
}
