/** The browser's storage, which may be refused: then settings and tools last until the page is closed. */
export function withStorage<T>(act: (storage: Storage) => T): T | null {
  try {
    return act(localStorage);
  } catch {
    return null;
  }
}
