/** Looks that need the server, the disk or time. */
import { answer, api } from "../lib/api/lightClient";
import { registerWorker } from "../lib/registerWorker";

const DATABASE = "machine-check";
const SAMPLE_BYTES = 256 * 1024;
const TRIPS = 8;
const PATIENCE_MS = 5_000;
const WORKER_PATIENCE_MS = 20_000;

const opened = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Whether what is written can be read again, a quarter of a megabyte of it. */
export async function keepsWhatIsWritten(): Promise<boolean> {
  try {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("sample");
    const database = await opened(opening);
    const sample = new Uint8Array(SAMPLE_BYTES).fill(7);
    await opened(database.transaction("sample", "readwrite").objectStore("sample").put(sample, 1));
    const read = await opened<Uint8Array>(database.transaction("sample").objectStore("sample").get(1));
    database.close();
    await opened(indexedDB.deleteDatabase(DATABASE));
    return read.length === SAMPLE_BYTES && read.at(-1) === 7;
  } catch {
    return false;
  }
}

/** Has the candidate page kept on this computer, as it is when a candidate opens it. */
export async function keepsExamPage(): Promise<boolean> {
  if (!("serviceWorker" in navigator)) return false;
  // Resolves only for the page's own address, which this is not.
  void registerWorker("/static/exam-sw.js", "/exam");
  const end = performance.now() + WORKER_PATIENCE_MS;
  while (performance.now() < end) {
    const registration = await navigator.serviceWorker.getRegistration("/exam").catch(() => undefined);
    if (registration?.active) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

export interface Trip {
  /** There and back, ms. */
  ms: number;
  /** This computer's clock minus the server's, ms. */
  aheadMs: number;
}

/** Asks the server for the time again and again; null for each time without an answer. */
export async function tripsToServer(): Promise<(Trip | null)[]> {
  const trips: (Trip | null)[] = [];
  for (let i = 0; i < TRIPS; i += 1) {
    try {
      const sentAt = performance.now();
      const body = await answer(api.GET("/api/delivery/time", { signal: AbortSignal.timeout(PATIENCE_MS) }));
      const ms = performance.now() - sentAt;
      trips.push({ ms, aheadMs: Date.now() - ms / 2 - body.server_ms });
    } catch {
      trips.push(null);
    }
  }
  return trips;
}

/** When each of the server's trial events came, ms. */
export function eventArrivals(): Promise<number[]> {
  return new Promise((resolve) => {
    const arrivals: number[] = [];
    const source = new EventSource("/api/machine-checks/stream");
    const done = (): void => {
      source.close();
      resolve(arrivals);
    };
    const timer = setTimeout(done, PATIENCE_MS);
    source.addEventListener("probe", () => arrivals.push(performance.now()));
    // The server has said everything; a browser would come back for more.
    source.addEventListener("error", () => {
      clearTimeout(timer);
      done();
    });
  });
}

/** Plays three rising tones. */
export async function playTones(): Promise<void> {
  const context = new AudioContext();
  const gain = context.createGain();
  gain.gain.value = 0.2;
  gain.connect(context.destination);
  for (const [i, hertz] of [440, 554, 659].entries()) {
    const tone = context.createOscillator();
    tone.frequency.value = hertz;
    tone.connect(gain);
    tone.start(context.currentTime + i * 0.3);
    tone.stop(context.currentTime + i * 0.3 + 0.25);
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await context.close();
}
