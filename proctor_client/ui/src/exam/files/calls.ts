/** The calls that bring files of practical tasks to the server. */
import { answer, api } from "../../lib/api/lightClient";
import type { Views } from "../../lib/api/server";
import { signal, withToken } from "../server";

export type UploadView = Views["UploadView"];

/** Announces a file, or finds out how much of it has arrived. */
export const beginUpload = (id: string, body: Views["NewUpload"]): Promise<UploadView> =>
  withToken(() =>
    answer(
      api.POST("/api/delivery/attempts/{attempt_id}/uploads", {
        params: { path: { attempt_id: id } },
        body,
        signal: signal(),
      }),
    ),
  );

/** Brings the bytes that follow `offset`. */
export const sendPart = (
  id: string,
  uploadId: string,
  epoch: number,
  offset: number,
  bytes: Blob,
): Promise<UploadView> =>
  withToken(() =>
    answer(
      api.PATCH("/api/delivery/attempts/{attempt_id}/uploads/{upload_id}", {
        params: {
          path: { attempt_id: id, upload_id: uploadId },
          header: { "upload-offset": offset, "seat-epoch": epoch },
        },
        headers: { "Content-Type": "application/octet-stream" },
        body: "",
        bodySerializer: () => bytes,
        signal: signal(),
      }),
    ),
  );

export const readUploads = (id: string): Promise<Views["UploadList"]> =>
  answer(
    api.GET("/api/delivery/attempts/{attempt_id}/uploads", {
      params: { path: { attempt_id: id } },
      signal: signal(),
    }),
  );
