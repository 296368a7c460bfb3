/** Pictures out of a camera or a shared screen. */

export type Source = "camera" | "screen";

const WIDTHS: Record<Source, number> = { camera: 640, screen: 1280 };
const QUALITIES = [0.6, 0.4, 0.25, 0.1] as const;
/** The server takes no larger ones. */
const LARGEST = 256 * 1024;

/** Asks the person, by way of the browser's own question; rejects with a DOMException when nothing comes of it. */
export function openSource(source: Source): Promise<MediaStream> {
  const { mediaDevices } = navigator;
  if (!mediaDevices) return Promise.reject(new DOMException("no devices", "NotFoundError"));
  return source === "camera"
    ? mediaDevices.getUserMedia({ video: { width: { ideal: WIDTHS.camera } }, audio: false })
    : mediaDevices.getDisplayMedia({ video: { frameRate: 1 }, audio: false });
}

/** A stream that is being played, so that its frames can be drawn. */
export async function played(stream: MediaStream): Promise<HTMLVideoElement> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  await video.play();
  return video;
}

const encoded = (canvas: HTMLCanvasElement, quality: number): Promise<Blob | null> =>
  new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));

/** What is to be seen now, as a JPEG that the server takes; null before the first frame. */
export async function picture(video: HTMLVideoElement, source: Source): Promise<Blob | null> {
  if (video.videoWidth === 0) return null;
  const scale = Math.min(1, WIDTHS[source] / video.videoWidth);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  for (const quality of QUALITIES) {
    const blob = await encoded(canvas, quality);
    if (blob && blob.size <= LARGEST) return blob;
  }
  return null;
}
