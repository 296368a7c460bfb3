/** English words of the candidate page. */
import type { vi } from "./vi";

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

/** A span of time as people say it. */
function spanOf(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  const parts = [
    minutes > 0 ? plural(minutes, "minute", "minutes") : "",
    rest > 0 ? plural(rest, "second", "seconds") : "",
  ];
  return parts.filter(Boolean).join(" ");
}

export const en: typeof vi = {
  pageTitle: "Online examination room",
  signIn: {
    practice: "Try the sample exam",
    title: "Candidate sign-in",
    lead: "Type exactly what is on your exam card and identity paper.",
    accessCode: "Access code",
    accessCodeHint: "The proctor reads it out or writes it on the board.",
    candidateNumber: "Candidate number",
    identitySuffix: "Last 6 characters of your identity paper's number",
    identitySuffixHint: "The citizen identity card or passport you registered with.",
    submit: "Enter the room",
    required: "This is still empty.",
    keptWork:
      "Unfinished work is still on this computer. Sign in again with the same candidate number to go on.",
    help: "Cannot sign in? Raise your hand and tell the proctor.",
  },
  confirm: {
    title: "Check your details",
    lead: "Compare with your identity paper. These details will be printed on the certificate.",
    fullName: "Full name",
    birthDate: "Date of birth",
    sex: "Sex",
    sexes: { male: "Male", female: "Female" },
    birthPlace: "Place of birth",
    candidateNumber: "Candidate number",
    identityNumber: "Identity paper number",
    organisation: "Organisation",
    exam: "Exam",
    seat: "Seat",
    seatOf: (room, seat) => `${room}, seat ${seat}`,
    correct: "Details are correct",
    wrong: "Something is wrong",
    wrongTitle: "What is not correct?",
    wrongLead: "The exam board will check and correct it. You can still take the exam.",
    note: "Say what is wrong and what is right",
    noteHint: "For example: my date of birth is 05/02/2001.",
    noteMissing: "Say what is wrong so that the exam board can correct it.",
    send: "Send and continue",
  },
  waiting: {
    title: "Waiting room",
    reported: "The mistake you told of is recorded. The exam board will check it after the sitting.",
    release: "Waiting for the board to release the paper",
    releaseText:
      "The paper is on this computer, but not released at this test site yet. Stay seated: this page moves on by itself, and nobody loses time.",
    unlock: "Waiting for the proctor to unlock this computer",
    unlockText: "Sit at your own seat with your identity paper on the desk. This page moves on by itself.",
    opening: "Waiting for the opening time",
    openingText: (time) => `The sitting opens at ${time}. This page moves on by itself.`,
    ready: "Ready",
    readyText: "Your time starts when you press the button.",
    start: "Start the exam",
    starting: "Opening the paper…",
    serverClock: "Server time",
    opensIn: "Time until opening",
    duration: "Time allowed",
    minutes: (n) => plural(n, "minute", "minutes"),
    items: "Questions",
    paper: "Download of the sealed paper",
    paperReady: "The paper is on this computer, still sealed",
    paperLoading: (percent) => `Downloading the sealed paper: ${percent}%`,
    paperNetwork: "The paper could not be downloaded yet. The page tries again once the network is back.",
    paperDigest:
      "The paper arrived damaged and was dropped. The page is trying again; if it persists, tell the proctor.",
    paperKey: "The paper cannot be opened on this computer. Tell the proctor.",
    noStore:
      "This browser does not allow saving on this computer. If the network fails, unsent work cannot be kept. Tell the proctor before you start.",
    rules: "During the exam",
    ruleSaved: "Every choice is saved on this computer at once and sent to the server.",
    ruleOffline: "You can go on without the network; your work is sent when it is back.",
    ruleLeave: "Do not leave the exam window; every time is recorded.",
  },
  exam: {
    items: "Questions",
    itemOf: (n, total) => `Question ${n} / ${total}`,
    module: (code, name) => `${code} · ${name}`,
    points: (points) => (points === "1" ? "1 point" : `${points} points`),
    seatLine: (name, number, room, seat) => `${name} · No. ${number} · ${room}, seat ${seat}`,
    previous: "Previous",
    next: "Next",
    toReview: "Review and submit",
    flag: "Flag for review",
    unflag: "Remove flag",
    clear: "Clear answer",
    answered: (n, total) => `${n}/${total} answered`,
    stateAnswered: "answered",
    statePartial: "partly answered",
    stateUnanswered: "not answered",
    stateFlagged: "flagged for review",
    legendAnswered: "Answered",
    legendPartial: "Partly",
    legendUnanswered: "Not answered",
    legendFlagged: "Flagged",
    submit: "Submit",
    paletteItem: (n) => `Question ${n}`,
    toPalette: "List of questions",
    timer: "Time left",
    hideClock: "Hide clock",
    showClock: "Show clock",
    clockHidden: "The clock is hidden",
    minutesLeft: (n) => `${plural(n, "minute", "minutes")} left.`,
    deadlineMoved: (time) => `Your finishing time is now ${time}.`,
    saved: (time) => `Saved at ${time}`,
    saving: "Saving…",
    savedHere: "Saved on this computer",
    notSavedHere: "Not saved yet",
    online: "Connected",
    offline: "No connection",
    busy: "Server busy",
    notSent: "Not sent yet",
    offlineNotice: "The connection is lost. Your work is still saved on this computer; just go on.",
    busyNotice: "The server is busy. Your work is still saved on this computer; just go on.",
    noDiskNotice:
      "Nothing can be saved on this computer. Your work is still sent to the server while there is a network; tell the proctor and keep this page open.",
    signedOutNotice:
      "Your sign-in has expired. Your work is still saved on this computer; sign in again to send it.",
    signInAgain: "Sign in again",
    unlockNotice:
      "Signed in again, waiting for the proctor to unlock this computer. Your work is still saved here; just go on.",
    strandedNotice: (n) =>
      `This computer holds ${plural(n, "action", "actions")} of an earlier run that the server did not accept. They are kept aside; tell the proctor.`,
    lostNotice: "The server did not accept part of your work. Tell the proctor now.",
    messageFrom: (time) => `Proctor, ${time}`,
    messages: "Messages",
    read: "I have read it",
  },
  paused: {
    title: "The exam is paused",
    text: "Your clock stands still and your work is kept. Stay in your seat; this page opens again when the proctor lets the exam go on.",
    notStarted:
      "Stay in your seat; this page moves on when the proctor lets the exam go on. You lose no working time.",
    left: (time) => `You will have ${time} when it goes on.`,
  },
  told: {
    pause: "The exam is paused.",
    resume: "The exam goes on; all of the pause is given back.",
    credit: (seconds) => `You are given back ${spanOf(seconds)}.`,
    end: "The proctor has ended your exam.",
    reopen: "You may go on; the time you lost is given back.",
  },
  parts: {
    nextItem: "Next question",
    noReturn: "Each question is answered once; after going on you cannot come back to it.",
    close: "Finish this part",
    closeTitle: (design: string, isUnanswered: boolean): string => {
      if (design !== "adaptive") return "Finish this part?";
      return isUnanswered ? "Skip this question?" : "Go on to the next question?";
    },
    closeText: (design: string): string =>
      design === "adaptive"
        ? "You cannot come back to this question."
        : "After going on you can neither look at this part again nor change it.",
    unanswered: (n: number) =>
      n === 1
        ? "One question is unanswered; it counts as wrong."
        : `${n} questions are unanswered; they count as wrong.`,
    confirm: "Go on",
    advancing: "Opening the next part",
    advancingText: "Your answers are being sent to the server. The clock keeps running.",
    offline:
      "No connection. What you have done is kept on this PC; the next part opens by itself when the network is back. Tell the proctor.",
    complete: "You have finished all questions of this test. Press the button below to hand in.",
    stateClosed: "closed",
    stateToCome: "not open yet",
  },
  sections: {
    name: (n, title) => `Section ${n}: ${title}`,
    list: "Sections of the exam",
    task: (n) => `Task ${n}`,
    taskOf: (n, total) => `Task ${n} / ${total}`,
    over: (answered, total) => `Over · ${answered}/${total} answered`,
    toCome: (items, minutes) =>
      `Not open yet · ${plural(items, "question", "questions")}, ${minutes} minutes`,
    tasksToCome: (items, minutes) => `Not open yet · ${plural(items, "task", "tasks")}, ${minutes} minutes`,
    timer: (n) => `Time left in section ${n}`,
    whole: (time) => `Whole exam: ${time} left`,
    minutesLeft: (n, section, isLast) =>
      `${plural(n, "minute", "minutes")} left in section ${section}. ${isLast ? "Then the exam hands itself in." : "Then the page goes on to the next section."}`,
    begun: (n, title, minutes, wasTimeOver) =>
      `${wasTimeOver ? `Time for section ${n - 1} is up. ` : ""}Section ${n} begins: ${title}, ${plural(minutes, "minute", "minutes")}.`,
    toReview: "Review this section",
    reviewTitle: (n, title) => `Review of section ${n}: ${title}`,
    forward: "This section only goes forward: you cannot return to an earlier question.",
    skipTitle: "Go to the next question?",
    skipText: "This section only goes forward: you cannot return to this question.",
    skip: "Next question",
    leave: "End this section",
    leaveTitle: (n) => `End section ${n}?`,
    leaveText: (next, title, minutes) =>
      `You go straight on to section ${next}: ${title} (${plural(minutes, "minute", "minutes")}) and cannot return to this section.`,
    timeLost: (time) => `This section has ${time} left; that time is not added to the next one.`,
    flagged: (n) => `${plural(n, "question is", "questions are")} flagged for review.`,
    confirm: (n) => `Go to section ${n}`,
  },
  pages: {
    previous: "Previous page",
    next: "Next page",
    forward: "This section only goes forward: from the next page you cannot return to this one.",
    skipTitle: "Go to the next page?",
    skipText:
      "This page has questions that are not fully answered. This section only goes forward: you cannot return to this page.",
  },
  review: {
    title: "Review before submitting",
    summary: (answered, total) => `${answered} of ${total} questions answered.`,
    allAnswered: "You have answered every question.",
    unanswered: (n) => plural(n, "question not answered", "questions not answered"),
    partial: (n) => plural(n, "question only partly answered", "questions only partly answered"),
    flagged: (n) => plural(n, "question flagged for review", "questions flagged for review"),
    goTo: (item) => `Go to ${item}`,
    back: "Back to the questions",
    submit: "Submit",
    confirmTitle: "Submit your work?",
    confirmText: "After submitting you cannot change your answers.",
    confirmUnanswered: (n) => `${plural(n, "question is", "questions are")} not answered.`,
    confirmPartial: (n) => `${plural(n, "question is", "questions are")} only partly answered.`,
    confirmTime: (time) => `You have ${time} left.`,
    confirm: "Submit",
    keepWorking: "Keep working",
  },
  finishing: {
    timeOver: "Time is up",
    title: "Submitting",
    text: "Your work is being sent to the server. Keep this page open.",
    offline:
      "The connection is lost. Your work is still on this computer and will be submitted once the network is back. Keep this page open and tell the proctor.",
    pending: (n) => `${plural(n, "action", "actions")} still to send.`,
  },
  ended: {
    submitted: "Submitted",
    submittedText: "The server has received all of your work.",
    byProctor: "Your exam was ended",
    byProctorText: "The proctor has ended your exam. The server has everything you did before.",
    closed: "The exam has ended",
    closedText: "The server has closed your exam and counts what it has received.",
    notTaken: "The sitting has ended",
    notTakenText: "There is no work of yours in this sitting. If that is a mistake, tell the proctor.",
    receipt: "Receipt",
    savedOps: "Saved",
    savedOpsValue: (stored, total, time) => `${stored}/${total} actions, at ${time}`,
    answered: "Answered",
    answeredValue: (n, total) => `${n}/${total} questions`,
    code: "Receipt code",
    codeHint: "Write this code down if you want to compare it with the exam board's record.",
    lost: (n) =>
      `${plural(n, "action", "actions")} had not reached the server when the exam was closed. Tell the proctor before you leave.`,
    late: (n) => `${plural(n, "action", "actions")} after the finishing time did not count.`,
    next: "What comes next",
    waitResult:
      "Your result appears here once the exam board releases it. You may leave and sign in again later.",
    result: "Result",
    pass: "Pass",
    fail: "Fail",
    absent: "Absent",
    mark: "Mark",
    markInWords: "In words",
    raw: "Raw score",
    rawValue: (raw, max) => `${raw} / ${max}`,
    released: (time) => `Released at ${time}`,
    quitBrowser: "Quit Safe Exam Browser",
    leave: "Finish and sign out",
  },
  blocked: {
    insecureTitle: "This page was not opened securely",
    insecureText:
      "The exam runs only on an address that starts with https:// and has a certificate this computer trusts.",
    insecureFix:
      "Tell the technician: open the https:// address and install the exam server's certificate on this computer.",
    oldTitle: "This browser is too old",
    oldText: "Needed: Chrome or Edge 109, Firefox 115, Safari 16.4, or later.",
    oldFix: "Tell the technician to change the computer or update the browser.",
  },
  secondTab: {
    title: "The exam is open in another tab",
    text: "Each computer opens the exam in one tab only. Go back to that tab, or close it and press the button below.",
    retry: "Open in this tab",
  },
  fenced: {
    title: "The exam has moved to another computer",
    text: "This attempt is open on another computer, so this one has stopped. If that was not you, tell the proctor now.",
    kept: (n) => `This computer still holds ${plural(n, "unsent action", "unsent actions")}.`,
    retry: "Check again",
  },
  unreachable: {
    title: "The exam server cannot be reached yet",
    text: "The page tries again by itself. If it takes long, tell the proctor.",
  },
  again: {
    title: "Sign in again",
    text: "Your work is on this computer. After you sign in, the proctor unlocks it and sending goes on.",
    submit: "Sign in",
  },
};
