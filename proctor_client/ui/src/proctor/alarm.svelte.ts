/** Sound and title-bar alerts of this browser, each of which can be turned off. */
import type { AlertLevel } from "./alerts";

const KEY = "room-alerts";
const BEEPS = [
  [880, 0],
  [660, 0.16],
] as const;

interface Wishes {
  sound: boolean;
  title: boolean;
  /** From which severity on events of the exam's window are told. */
  events: AlertLevel;
}

const LEVELS: readonly unknown[] = ["note", "warning", "serious", null] satisfies AlertLevel[];
const USUAL: Wishes = { sound: true, title: true, events: "serious" };

function kept(): Wishes {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    const { sound, title, events } = { ...USUAL, ...(found as Partial<Wishes>) };
    return {
      sound: sound !== false,
      title: title !== false,
      events: LEVELS.includes(events) ? events : USUAL.events,
    };
  } catch {
    return USUAL;
  }
}

export class Alarm {
  wishes = $state<Wishes>(kept());
  /** News since the window was last looked at. */
  unseen = $state(0);
  /** Browsers make no sound before the first click or key. */
  isMute = $state(true);
  #context: AudioContext | null = null;

  set(change: Partial<Wishes>): void {
    this.wishes = { ...this.wishes, ...change };
    try {
      localStorage.setItem(KEY, JSON.stringify(this.wishes));
    } catch {
      // The choice then lasts until the page is closed.
    }
    if (change.sound) this.ring();
  }

  /** The window is in sight, or somebody has touched it. */
  seen(): void {
    this.unseen = 0;
  }

  /** To be called by a click or a key: from then on there is sound. */
  wake(): void {
    if (!this.isMute) return;
    this.#context ??= new AudioContext();
    void this.#context.resume().then(() => {
      this.isMute = this.#context?.state !== "running";
    });
  }

  news(count: number): void {
    if (count === 0) return;
    if (document.hidden) this.unseen += count;
    if (this.wishes.sound) this.ring();
  }

  ring(): void {
    const context = this.#context;
    if (context?.state !== "running") return;
    for (const [pitch, after] of BEEPS) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      const at = context.currentTime + after;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.2, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.14);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.15);
    }
  }

  close(): void {
    void this.#context?.close();
  }
}
