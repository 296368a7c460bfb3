/** Pictures and sound of items on the board: where they are read and how they are stored. */
import { answer } from "$lib/api/client";
import { staffApi, upload } from "$lib/staff/api";

/** Where the board reads a stored picture or sound. */
export const mediaUrl = (hash: string): string => `/api/media/${hash}`;

/** Stores a picture or sound; rejects with `ApiProblem` where the server refuses it. */
export const storeMedia = (file: File, purpose: "picture" | "sound") =>
  answer(staffApi.POST("/api/media", { body: { file: upload(file), purpose } }));
