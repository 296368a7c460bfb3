/** Service worker of one page: keeps the page and its files so that it opens without a network. */

// Filled in by the build (build/pageWorker.ts) with the page's address, its version and the files it needs.
declare const __PAGE_ADDRESS__: string;
declare const __PAGE_VERSION__: string;
declare const __PAGE_FILES__: string[];

interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends WorkerEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface WorkerScope {
  addEventListener(type: "install" | "activate", listener: (event: WorkerEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  skipWaiting(): Promise<void>;
}

/** A network that hangs must not keep the candidate from a page that is at hand. */
const NETWORK_PATIENCE_MS = 4_000;

export function keepPage(): void {
  const scope = globalThis as unknown as WorkerScope;
  const prefix = `page ${__PAGE_ADDRESS__} `;
  const cacheName = prefix + __PAGE_VERSION__;
  const files = new Set(__PAGE_FILES__);

  const fromNetwork = async (request: Request): Promise<Response> => {
    const response = await fetch(request, { signal: AbortSignal.timeout(NETWORK_PATIENCE_MS) });
    // A gateway that answers for a dead server is no page either.
    if (response.status >= 500) throw new TypeError(`page answered ${response.status}`);
    return response;
  };
  const kept = async (key: string): Promise<Response> => {
    const response = await caches.match(key);
    if (!response) throw new TypeError(`${key} is not kept`);
    return response;
  };

  scope.addEventListener("install", (event) => {
    const fill = async (): Promise<void> => {
      const cache = await caches.open(cacheName);
      await cache.addAll([__PAGE_ADDRESS__, ...files]);
      await scope.skipWaiting();
    };
    event.waitUntil(fill());
  });

  scope.addEventListener("activate", (event) => {
    const dropOlder = async (): Promise<void> => {
      const names = await caches.keys();
      const older = names.filter((name) => name.startsWith(prefix) && name !== cacheName);
      await Promise.all(older.map((name) => caches.delete(name)));
    };
    event.waitUntil(dropOlder());
  });

  scope.addEventListener("fetch", (event) => {
    const { request } = event;
    const { pathname, origin } = new URL(request.url);
    if (request.method !== "GET" || origin !== location.origin) return;
    if (request.mode === "navigate" && pathname === __PAGE_ADDRESS__) {
      event.respondWith(fromNetwork(request).catch(() => kept(__PAGE_ADDRESS__)));
    } else if (files.has(pathname)) {
      event.respondWith(kept(pathname).catch(() => fetch(request)));
    }
  });
}
