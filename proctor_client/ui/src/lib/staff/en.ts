/** English words of signing in and of one's own account, for all staff pages. */
import type { vi } from "./vi";

export const en: typeof vi = {
  username: "User name",
  password: "Password",
  signIn: "Sign in",
  signInLead: "For the staff of the exam board.",
  forgotten: "Forgotten your password? An administrator can set a new one.",
  candidateHere: "A candidate is signed in in this browser. Signing in as staff replaces that login.",
  required: "This field is empty.",
  tryAgainIn: (seconds) => `Try again in ${seconds} seconds.`,
  expiredTitle: "Your login has expired",
  expiredText: "Sign in again to go on; what you have open is kept.",
  unreachable: "The server cannot be reached",
  unreachableText:
    "Check this computer's network cable or Wi-Fi. If other computers are cut off too, tell the administrator.",
  changePassword: "Change password",
  currentPassword: "Current password",
  newPassword: "New password",
  newPasswordHint: "Long and easy for you alone to remember, such as a few words; not your user name.",
  repeatPassword: "New password again",
  passwordsDiffer: "The two entries differ.",
  passwordChanged: "Password changed.",
  save: "Save",
  errorCode: (code) => `Error code: ${code}`,
  showPassword: "Show password",
};
