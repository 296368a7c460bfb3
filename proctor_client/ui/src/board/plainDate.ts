/** Days without a time: `2026-12-12` shown as `12/12/2026`. */
export const plainDate = (day: string): string => day.split("-").reverse().join("/");
