/** One check of this computer: what was found so far, and what is still being looked at. */
import {
  areApart,
  type Finding,
  judgeClock,
  judgeNetwork,
  judgeOffline,
  judgeSound,
  judgeStorage,
  judgeStream,
  judgeTyping,
  type Subject,
  worst,
} from "../lib/machines/judging";
import { freeBytes, lookAround } from "../lib/machines/looking";
import { eventArrivals, keepsExamPage, keepsWhatIsWritten, tripsToServer } from "./probes";

/** In the order in which they are shown; the last two need somebody to take part. */
const ORDER: readonly Subject[] = [
  "browser",
  "secure",
  "storage",
  "offline",
  "clock",
  "network",
  "stream",
  "screen",
  "screens",
  "seb",
  "typing",
  "sound",
];

export class MachineCheck {
  #found = $state.raw<Partial<Record<Subject, Finding>>>({});
  isRunning = $state(false);

  /** What is known, in order. */
  readonly findings = $derived(
    ORDER.map((subject) => this.#found[subject]).filter((one) => one !== undefined),
  );
  readonly subjects: readonly Subject[] = ORDER;
  readonly verdict = $derived(worst(this.findings));

  of(subject: Subject): Finding | undefined {
    return this.#found[subject];
  }

  /** Looks at everything that needs nobody's help; what somebody tried stays. */
  async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    const { typing = judgeTyping("", ""), sound = judgeSound(null) } = this.#found;
    this.#found = {};
    this.#take(typing, sound, ...lookAround());
    await Promise.all([this.#lookAtDisk(), this.#lookAtNetwork()]);
    this.isRunning = false;
  }

  noteTyping(typed: string, sample: string): void {
    this.#take(judgeTyping(typed, sample));
  }

  noteSound(isHeard: boolean): void {
    this.#take(judgeSound(isHeard));
  }

  #take(...findings: Finding[]): void {
    this.#found = {
      ...this.#found,
      ...Object.fromEntries(findings.map((finding) => [finding.subject, finding])),
    };
  }

  async #lookAtDisk(): Promise<void> {
    this.#take(judgeStorage(await keepsWhatIsWritten(), await freeBytes()));
    this.#take(judgeOffline(await keepsExamPage()));
  }

  async #lookAtNetwork(): Promise<void> {
    const trips = await tripsToServer();
    this.#take(judgeNetwork(trips.map((trip) => trip?.ms ?? null)));
    // The quickest answer knows the server's clock best.
    const best = trips.filter((trip) => trip !== null).sort((a, b) => a.ms - b.ms)[0];
    if (best) this.#take(judgeClock(best.aheadMs));
    this.#take(judgeStream(areApart(await eventArrivals())));
  }
}
