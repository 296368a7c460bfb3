/** English words of pictures taken during the exam. */
import type { vi } from "./vi";

export const en: typeof vi = {
  title: "Pictures are taken in this sitting",
  what: (camera, screen, minutes) =>
    `During the exam the computer takes pictures of ${camera && screen ? "the camera and the screen" : camera ? "the camera" : "the screen"}, about every ${minutes}. No sound, no film.`,
  minutes: (seconds) =>
    seconds % 60 === 0
      ? `${seconds / 60} min`
      : seconds < 60
        ? `${seconds} s`
        : `${Math.floor(seconds / 60)} min ${seconds % 60} s`,
  basis: "Basis and purpose",
  kept: (days) =>
    `Pictures are encrypted; only the board may look, with a reason, and every look is on record. They are erased after ${days} days.`,
  free: "Whoever does not agree sits the exam all the same; the proctor is told. You can change your mind at any time.",
  agree: "I agree",
  decline: "I do not agree",
  declined: "You have not agreed to pictures. You sit the exam all the same.",
  reconsider: "Change my mind",
  withdraw: "No longer agree",
  taking: "Pictures are being taken",
  ready: "Pictures will be taken once you start",
  sources: { camera: "Camera", screen: "Screen" },
  states: {
    off: "not on yet",
    on: "on",
    refused: "not allowed by the browser",
    failed: "cannot be used",
    ended: "switched off",
  },
  turnOn: { camera: "Switch the camera on", screen: "Share the screen" },
  preview: "What your camera sees",
};
