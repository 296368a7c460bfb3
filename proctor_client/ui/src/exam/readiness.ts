/** What must hold before anyone may sit an exam in this browser. */

export type Obstacle = "insecure" | "old_browser";

/** Why the exam cannot run here, or null. Encryption, locks and offline work exist on secure pages only. */
export function obstacle(page: {
  isSecureContext: boolean;
  crypto?: { subtle?: unknown };
  navigator: { locks?: unknown };
  DecompressionStream?: unknown;
}): Obstacle | null {
  if (!page.isSecureContext) return "insecure";
  const hasAll = page.crypto?.subtle && page.navigator.locks && page.DecompressionStream;
  return hasAll ? null : "old_browser";
}

/** Held while the exam is open in a tab. */
export const EXAM_TAB = "exam-tab";

/** Holds this browser's one tab of a page until the page closes; false when another tab has it. */
export function takeOnlyTab(locks: LockManager, name = EXAM_TAB): Promise<boolean> {
  return new Promise((resolve) => {
    void locks.request(name, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      // Never settles, so the lock lives as long as the page.
      return lock === null ? undefined : new Promise<void>(() => {});
    });
  });
}
