/** The API as staff pages call it: a lost login is noticed wherever it shows. */
import { connect } from "../api/client";
import type { ServerPaths } from "../api/server";
import { session } from "./session.svelte";

export const staffApi = connect<ServerPaths>({
  onResponse({ response }) {
    if (response.status === 401) session.expire();
  },
});

/** A file in the place where the schema says "binary string". */
export const upload = (file: File): string => file as unknown as string;
