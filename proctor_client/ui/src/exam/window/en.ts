/** English words about the window of the exam. */
import type { vi } from "./vi";

export const en: typeof vi = {
  fullscreen: "The exam is best taken on the whole screen.",
  open: "Open on the whole screen",
  later: "Later",
  refused: "The browser did not open the whole screen. Just go on working.",
  blocked: {
    copy: "Questions of this exam cannot be copied.",
    paste: "Nothing can be pasted into this exam from outside. Please type it.",
    print: "This exam cannot be printed.",
    context_menu: "This exam does without the menu of the right mouse button.",
  },
};
