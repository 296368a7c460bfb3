/** The first half of a chain head, grouped so that it can be read out and written down. */
export const receiptCode = (chainHead: string): string =>
  (chainHead.slice(0, 16).match(/.{4}/g) ?? []).join("-");
