/** The keys and the status list: from the server when it answers, else as they were kept in this browser. */

export interface KeyFacts {
  kid: string;
  public_key: string;
  not_before: string;
  not_after: string;
  revoked_at: string | null;
}

export interface StatusList {
  kid: string;
  issued_at: string;
  ttl_seconds: number;
  size: number;
  bits: string;
  signature: string;
}

export interface RegisterAnswer {
  state: "valid" | "revoked" | "superseded" | "unknown";
  decision_number?: string | null;
  decided_on?: string | null;
}

/** Something from the server; `isFresh` tells that it came just now and not from the copy in this browser. */
export interface Sourced<T> {
  value: T;
  isFresh: boolean;
}

export interface Sources {
  keys: Sourced<KeyFacts[]> | null;
  list: Sourced<StatusList> | null;
}

const PATIENCE_MS = 8_000;
const KEPT = "verification ";

async function fetchJson<T>(path: string): Promise<T> {
  const response = await fetch(path, {
    headers: { accept: "application/json" },
    credentials: "omit",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!response.ok) throw new TypeError(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}

function kept<T>(name: string): T | null {
  try {
    const text = localStorage.getItem(KEPT + name);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(KEPT + name, JSON.stringify(value));
  } catch {
    // A browser that refuses storage can verify online only.
  }
}

async function sourced<T>(name: string, path: string): Promise<Sourced<T> | null> {
  try {
    const value = await fetchJson<T>(path);
    keep(name, value);
    return { value, isFresh: true };
  } catch {
    const value = kept<T>(name);
    return value === null ? null : { value, isFresh: false };
  }
}

/** Both sources; neither names the certificate that is being checked. */
export async function loadSources(): Promise<Sources> {
  const [keys, list] = await Promise.all([
    sourced<{ keys: KeyFacts[] }>("keys", "/api/verification/keys"),
    sourced<StatusList>("statuses", "/api/verification/statuses"),
  ]);
  return { keys: keys && { value: keys.value.keys, isFresh: keys.isFresh }, list };
}

/** What the register says of a certificate; asked only when the list has already taken it back. */
export const askRegister = (publicId: string): Promise<RegisterAnswer | null> =>
  fetchJson<RegisterAnswer>(`/api/verification/certificates/${publicId}`).catch(() => null);
