/** Hears of what happens to the page: another window in front, the cable back, the tab going away. */

export interface PageEvents {
  /** The candidate looks at something else, or back again; told once each time. */
  onAway(isAway: boolean): void;
  onOnline(): void;
  onHide(): void;
}

/** Listens until `signal` is aborted. */
export function watchPage(events: PageEvents, signal: AbortSignal): void {
  let wasAway = false;
  const look = (): void => {
    const isAway = document.hidden || !document.hasFocus();
    if (isAway === wasAway) return;
    wasAway = isAway;
    events.onAway(isAway);
  };
  document.addEventListener("visibilitychange", look, { signal });
  window.addEventListener("blur", look, { signal });
  window.addEventListener("focus", look, { signal });
  window.addEventListener("online", () => events.onOnline(), { signal });
  window.addEventListener("pagehide", () => events.onHide(), { signal });
}
