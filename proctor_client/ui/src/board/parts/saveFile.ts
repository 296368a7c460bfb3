/** Files that go from the page to the user's disk. */

export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has taken its hold on the content once the click has been dealt with.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The file name that an answer proposes, or the given one. */
export function nameIn(response: Response, otherwise: string): string {
  const header = response.headers.get("Content-Disposition") ?? "";
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(header)?.[1];
  if (encoded) return decodeURIComponent(encoded);
  return /filename="?([^";]+)"?/i.exec(header)?.[1] ?? otherwise;
}

/** Saves the body of an answer that was asked for with `parseAs: "blob"`. */
export async function saveAnswer(
  call: Promise<{ data?: unknown; response: Response }>,
  otherwise: string,
): Promise<void> {
  const { data, response } = await call;
  if (data instanceof Blob) saveBlob(data, nameIn(response, otherwise));
}
