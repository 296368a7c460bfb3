/** Hears what happens to the window of the exam, and stands in the way of what the rule-set blocks. */
import type { LockdownSettings, WindowKind } from "../state";
import { hasPaneOpened, isTyped, OwnTexts, Quota, type WindowSize } from "./rules";

/** So many of a kind a minute are written down one by one. */
const MOST_A_MINUTE = 5;
const MINUTE_MS = 60_000;
const LOOK_MS = 5_000;
/** A window that is dragged larger passes many sizes. */
const SETTLED_MS = 500;
/** The name under which a second tab of the exam makes itself known. */
export const TAB_CHANNEL = "exam-tab";

export interface WindowHooks {
  note(kind: WindowKind, times: number): void;
  /** Something was blocked; the page says so calmly. */
  onBlocked(what: LockdownSettings["blocks"][number]): void;
  onFullscreen(isFull: boolean): void;
  /** The question is worked on in other programs: leaving the window, copying and dropping belong to it. */
  isPractical(): boolean;
}

/** What a practical task explains no better than any other question. */
const ALWAYS: readonly WindowKind[] = ["second_tab", "screens"];

export const isSafeExamBrowser = (): boolean =>
  "SafeExamBrowser" in window || /\bSEB\//.test(navigator.userAgent);

export const isFull = (): boolean =>
  document.fullscreenElement !== null || matchMedia("(display-mode: fullscreen)").matches;

const element = (target: EventTarget | null): Element | null =>
  target instanceof Element ? target : target instanceof Node ? target.parentElement : null;

/** A field that the candidate writes in. */
const isOwnField = (target: EventTarget | null): boolean =>
  element(target)?.closest("input, textarea, [contenteditable]") != null;

/** A field for an answer or a note; the one of a password or of a dialog is nobody's business. */
const isAnswerField = (target: EventTarget | null): boolean =>
  isOwnField(target) &&
  element(target)?.closest("#main") != null &&
  element(target)?.matches("[type=password]") === false;

const isFileField = (target: EventTarget | null): boolean =>
  element(target)?.matches("input[type=file]") === true;

const measured = (): WindowSize => ({
  outerWidth,
  outerHeight,
  innerWidth,
  innerHeight,
  pixelRatio: devicePixelRatio,
  pinch: visualViewport?.scale ?? 1,
  isFull: isFull(),
});

/** Watches until `signal` is aborted. */
export function watchWindow(settings: LockdownSettings, hooks: WindowHooks, signal: AbortSignal): void {
  const told = new Set<string>(settings.events);
  const blocked = new Set<string>(settings.blocks);
  const quota = new Quota<WindowKind>(MOST_A_MINUTE, MINUTE_MS);
  const own = new OwnTexts();
  const passive = { signal };
  const first = { signal, capture: true };

  const note = (kind: WindowKind, event: string): void => {
    if (!told.has(event) || (hooks.isPractical() && !ALWAYS.includes(kind))) return;
    if (quota.take(kind, performance.now())) hooks.note(kind, 1);
  };
  const tellHeld = (): void => {
    for (const [kind, times] of quota.due(performance.now())) hooks.note(kind, times);
  };
  const looking = setInterval(tellHeld, LOOK_MS);
  signal.addEventListener("abort", () => clearInterval(looking));

  const block = (event: Event, what: LockdownSettings["blocks"][number]): void => {
    if (!blocked.has(what) || hooks.isPractical()) return;
    event.preventDefault();
    hooks.onBlocked(what);
  };

  // --- the whole screen
  let wasFull = isFull();
  const lookAtScreen = (): void => {
    if (isFull() === wasFull) return;
    wasFull = !wasFull;
    hooks.onFullscreen(wasFull);
    if (settings.fullscreen) note(wasFull ? "fullscreen_back" : "fullscreen_left", "fullscreen");
  };
  document.addEventListener("fullscreenchange", lookAtScreen, passive);
  matchMedia("(display-mode: fullscreen)").addEventListener("change", lookAtScreen, passive);

  // --- the clipboard: what is in it is compared here and now, and never written down
  const onCopy = (event: ClipboardEvent): void => {
    const field = event.target;
    if (isOwnField(field)) {
      const isText = field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement;
      own.remember(
        isText
          ? field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0)
          : String(getSelection()),
      );
      return;
    }
    const text = String(getSelection());
    if (text.trim() === "") return;
    note("copy", "copy");
    block(event, "copy");
    if (!event.defaultPrevented) own.remember(text);
  };
  document.addEventListener("copy", onCopy, first);
  document.addEventListener("cut", onCopy, first);
  document.addEventListener(
    "paste",
    (event) => {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (!isAnswerField(event.target) || (text !== "" && (isTyped(text) || own.has(text)))) return;
      note("paste", "paste");
      block(event, "paste");
    },
    first,
  );

  // --- dragging out and dropping in; questions that are answered by dragging do it without the browser's own
  let isOwnDrag = false;
  let isTold = false;
  document.addEventListener(
    "dragstart",
    (event) => {
      isOwnDrag = true;
      isTold = element(event.target)?.closest("[draggable=true]") != null || isOwnField(event.target);
      if (!isTold) block(event, "copy");
      if (event.defaultPrevented) isOwnDrag = false;
    },
    first,
  );
  document.addEventListener("dragend", () => (isOwnDrag = false), first);
  document.addEventListener(
    "dragleave",
    (event) => {
      if (!isOwnDrag || isTold || event.relatedTarget !== null) return;
      isTold = true;
      note("drag", "drag");
    },
    first,
  );
  // A file dropped beside a field must not open in place of the exam.
  document.addEventListener(
    "dragover",
    (event) => {
      if (!isOwnDrag && event.dataTransfer?.types.includes("Files") && !isFileField(event.target))
        event.preventDefault();
    },
    first,
  );
  document.addEventListener(
    "drop",
    (event) => {
      if (isOwnDrag || isFileField(event.target)) return;
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
      note("drag", "drag");
      if (isAnswerField(event.target)) block(event, "paste");
    },
    first,
  );

  // --- printing and the menu of the right button
  window.addEventListener("beforeprint", () => note("print", "print"), passive);
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key.toLowerCase() !== "p" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      block(event, "print");
      if (event.defaultPrevented) note("print", "print");
    },
    first,
  );
  document.addEventListener(
    "contextmenu",
    (event) => {
      if (isOwnField(event.target)) return;
      note("context_menu", "context_menu");
      block(event, "context_menu");
    },
    first,
  );

  // --- another tab
  if ("BroadcastChannel" in window) {
    const tabs = new BroadcastChannel(TAB_CHANNEL);
    tabs.addEventListener("message", () => note("second_tab", "second_tab"));
    signal.addEventListener("abort", () => tabs.close());
  }

  // --- panes beside the page; only where there can be any
  if (told.has("devtools") && !isSafeExamBrowser() && matchMedia("(any-pointer: fine)").matches) {
    let size = measured();
    let settling: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      const now = measured();
      const isByTouch = matchMedia("(any-pointer: coarse)").matches && isOwnField(document.activeElement);
      if (hasPaneOpened(size, now, isByTouch)) note("devtools", "devtools");
      size = now;
    };
    window.addEventListener(
      "resize",
      () => {
        clearTimeout(settling);
        settling = setTimeout(look, SETTLED_MS);
      },
      passive,
    );
    signal.addEventListener("abort", () => clearTimeout(settling));
  }

  // --- more than one screen, where the browser says so
  const screens = screen as Screen & Partial<EventTarget> & { isExtended?: boolean };
  let wereMany = false;
  const count = (): void => {
    const areMany = screens.isExtended === true;
    if (areMany && !wereMany) note("screens", "screens");
    wereMany = areMany;
  };
  count();
  screens.addEventListener?.("change", count, passive);
}
