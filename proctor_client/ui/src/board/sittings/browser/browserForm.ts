/** What a sitting asks of the browser, as its form holds it. */
import type { Views } from "$lib/api/server";

export interface BrowserForm {
  addresses: string;
  quitPassword: string;
  removesQuitPassword: boolean;
  keys: { key: string; note: string }[];
  acceptsConfigKey: boolean;
}

export const browserForm = (settings: Views["SafeExamBrowserSettings"] | null): BrowserForm => ({
  addresses: settings?.allowed_addresses.join("\n") ?? "",
  quitPassword: "",
  removesQuitPassword: false,
  keys: settings?.browser_exam_keys.map(({ key, note }) => ({ key, note })) ?? [],
  acceptsConfigKey: settings?.accepts_config_key ?? true,
});

/** What the server takes; no password in it leaves the one there is. */
export const browserInput = (form: BrowserForm): Views["SafeExamBrowserIn"] => ({
  allowed_addresses: form.addresses
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== ""),
  quit_password: form.removesQuitPassword ? "" : form.quitPassword || null,
  browser_exam_keys: form.keys.map(({ key, note }) => ({
    key: key.trim(),
    note: note.trim().normalize("NFC"),
  })),
  accepts_config_key: form.acceptsConfigKey,
});
