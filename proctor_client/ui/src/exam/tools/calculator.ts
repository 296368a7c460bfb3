/** The four-function calculator: what each key makes of what is on the display. Sums are worked out as they are typed. */
import { decimal, dividedBy, type Fraction, fraction, minus, parsed, plus, times, ZERO } from "./fractions";

export type Operation = "+" | "-" | "*" | "/";
type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";
/** `ce` clears the number being typed, `c` the whole sum; `m…` keys work on the memory. */
export type Key =
  | Digit
  | Operation
  | "."
  | "="
  | "%"
  | "sign"
  | "back"
  | "ce"
  | "c"
  | "mc"
  | "mr"
  | "m+"
  | "m-";
export type Fault = "division_by_zero" | "too_large";

export interface Calculator {
  /** Digits being typed, with a point; null when a result stands on the display. */
  readonly typed: string | null;
  readonly result: Fraction;
  /** What stands before the operation. */
  readonly left: Fraction | null;
  readonly operation: Operation | null;
  /** The second number has been given, by digits or by a key such as %. */
  readonly hasRight: boolean;
  /** What another = does once more. */
  readonly again: { readonly operation: Operation; readonly right: Fraction } | null;
  readonly memory: Fraction;
  readonly fault: Fault | null;
}

export const fresh: Calculator = {
  typed: null,
  result: ZERO,
  left: null,
  operation: null,
  hasRight: false,
  again: null,
  memory: ZERO,
  fault: null,
};

const MOST_DIGITS = 15;
const HUNDRED = fraction(100n);
const NEGATIVE = fraction(-1n);
const work = { "+": plus, "-": minus, "*": times, "/": dividedBy };

/** The number on the display. */
export const shownNumber = ({ typed, result }: Calculator): Fraction =>
  typed === null ? result : parsed(typed);

function withResult(state: Calculator, result: Fraction, change: Partial<Calculator> = {}): Calculator {
  const next = { ...state, typed: null, result, ...change };
  return decimal(result) === null ? { ...next, fault: "too_large" } : next;
}

function worked(
  state: Calculator,
  operation: Operation,
  left: Fraction,
  right: Fraction,
  change: Partial<Calculator>,
): Calculator {
  if (operation === "/" && right.top === 0n) return { ...state, typed: null, fault: "division_by_zero" };
  return withResult(state, work[operation](left, right), change);
}

function type(state: Calculator, key: Digit | "."): Calculator {
  const typed = state.typed ?? "";
  const digits = typed.replace(/\D/g, "").length;
  if (key === "." ? typed.includes(".") : digits >= MOST_DIGITS) return state;
  const before = key === "." ? typed || "0" : typed.replace(/^(-?)0$/, "$1");
  return { ...state, typed: before + key, hasRight: true };
}

function operate(state: Calculator, operation: Operation): Calculator {
  const number = shownNumber(state);
  const isChain = state.left !== null && state.operation !== null && state.hasRight;
  const summed =
    isChain && state.left && state.operation
      ? worked(state, state.operation, state.left, number, {})
      : withResult(state, number);
  if (summed.fault) return summed;
  return { ...summed, left: summed.result, operation, hasRight: false, again: null };
}

function equals(state: Calculator): Calculator {
  const number = shownNumber(state);
  const done = { left: null, operation: null, hasRight: false };
  if (state.operation && state.left) {
    const right = state.hasRight ? number : state.left;
    return worked(state, state.operation, state.left, right, {
      ...done,
      again: { operation: state.operation, right },
    });
  }
  if (state.again) return worked(state, state.again.operation, number, state.again.right, done);
  return withResult(state, number, done);
}

/** After + and − per cent of the first number, otherwise hundredths: 200 + 10 % is 220. */
function percent(state: Calculator): Calculator {
  const hundredths = dividedBy(shownNumber(state), HUNDRED);
  const isPart = state.left && (state.operation === "+" || state.operation === "-");
  return withResult(state, isPart && state.left ? times(state.left, hundredths) : hundredths, {
    hasRight: true,
  });
}

function turnSign(state: Calculator): Calculator {
  if (state.typed === null) return withResult(state, times(state.result, NEGATIVE), { hasRight: true });
  const typed = state.typed.startsWith("-") ? state.typed.slice(1) : `-${state.typed}`;
  return { ...state, typed };
}

function back(state: Calculator): Calculator {
  if (state.typed === null) return state;
  const typed = state.typed.slice(0, -1);
  return { ...state, typed: /\d/.test(typed) ? typed : "0" };
}

/** The calculator after a key. After a fault only clearing and the memory keys that change nothing else help. */
export function press(state: Calculator, key: Key): Calculator {
  if (key === "c" || (state.fault && key === "ce")) return { ...fresh, memory: state.memory };
  if (key === "mc") return { ...state, memory: ZERO };
  if (state.fault) return state;
  switch (key) {
    case "+":
    case "-":
    case "*":
    case "/":
      return operate(state, key);
    case "=":
      return equals(state);
    case "%":
      return percent(state);
    case "sign":
      return turnSign(state);
    case "back":
      return back(state);
    case "ce":
      return { ...state, typed: "0", hasRight: true };
    case "mr":
      return withResult(state, state.memory, { hasRight: true });
    case "m+":
    case "m-": {
      const memory = (key === "m+" ? plus : minus)(state.memory, shownNumber(state));
      return decimal(memory) === null
        ? { ...state, fault: "too_large" }
        : // What is typed next is another number.
          { ...state, memory, typed: null, result: shownNumber(state) };
    }
    default:
      return type(state, key);
  }
}

const KEYS: Record<string, Key> = {
  Enter: "=",
  ",": ".",
  "×": "*",
  "÷": "/",
  Backspace: "back",
  Delete: "ce",
};

/** The calculator's key for one of the keyboard, if any; a comma is as good as a point. */
export function keyOf(pressed: string): Key | null {
  if (/^[-0-9.+*/=%]$/.test(pressed)) return pressed as Key;
  return KEYS[pressed] ?? null;
}

/** As text that can be kept. */
export const written = (state: Calculator): string =>
  JSON.stringify(state, (_name, value) => (typeof value === "bigint" ? `${value}n` : value));

/** What `written` gave; a fresh calculator when the text is not one. */
export function read(text: string | undefined): Calculator {
  try {
    const kept: unknown = JSON.parse(text ?? "null", (name, value) =>
      (name === "top" || name === "over") && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
    );
    return kept === null || typeof kept !== "object" ? fresh : { ...fresh, ...kept };
  } catch {
    return fresh;
  }
}
