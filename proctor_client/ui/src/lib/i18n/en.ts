/** English words of the kit, shared by all pages. */
import type { vi } from "./vi";

export const en: typeof vi = {
  close: "Close",
  cancel: "Cancel",
  retry: "Try again",
  loading: "Loading…",
  languageName: "English",
  otherLanguage: "Tiếng Việt",
  skipToContent: "Skip to main content",
  sortBy: (column) => `Sort by ${column}`,
  dataOf: (title) => `Data: ${title}`,
  signOut: "Sign out",
  networkError: "The server cannot be reached",
  networkErrorDetail: "Check the network cable or Wi-Fi, then try again.",
  unknownError: "Something unexpected went wrong",
};
