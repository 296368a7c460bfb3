import { describe, expect, it } from "vitest";
import {
  type Calculator,
  fresh,
  type Key,
  keyOf,
  press,
  read,
  written,
} from "../../src/exam/tools/calculator";
import { decimal, dividedBy, fraction, minus, parsed, plus, times } from "../../src/exam/tools/fractions";

/** Keys as people write them: `s` for ±, `b` for ⌫, `C`, and memory keys in brackets. */
function typed(keys: string, from: Calculator = fresh): Calculator {
  const names: Record<string, Key> = { s: "sign", b: "back", C: "c", E: "ce" };
  return [...keys.matchAll(/\[(.+?)\]|(\S)/g)].reduce(
    (state, [, named, one = ""]) => press(state, (named ?? names[one] ?? one) as Key),
    from,
  );
}
const display = (state: Calculator): string | null =>
  state.fault ?? state.typed ?? decimal(state.result)?.text ?? null;
const shows = (keys: string): string | null => display(typed(keys));

/** A linear congruential generator (Numerical Recipes), so that every run has the same cases. */
function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Long division by hand: `top / over` cut after `places` decimals, halves away from zero. */
function divided(top: bigint, over: bigint, places: number): string {
  const isNegative = top < 0n !== over < 0n;
  let [rest, divisor] = [top < 0n ? -top : top, over < 0n ? -over : over];
  let digits = rest / divisor;
  rest %= divisor;
  for (let place = 0; place < places; place += 1) {
    rest *= 10n;
    digits = digits * 10n + rest / divisor;
    rest %= divisor;
  }
  if (rest * 2n >= divisor) digits += 1n;
  const text = String(digits).padStart(places + 1, "0");
  const cut = text.length - places;
  const value = places ? `${text.slice(0, cut)}.${text.slice(cut)}`.replace(/\.?0+$/, "") : text;
  return isNegative && /[1-9]/.test(value) ? `-${value}` : value;
}

describe("exact numbers", () => {
  it("has no error of binary fractions", () => {
    expect(decimal(plus(parsed("0.1"), parsed("0.2")))).toEqual({ text: "0.3", isExact: true });
    expect(decimal(times(dividedBy(parsed("1"), parsed("3")), parsed("3")))).toEqual({
      text: "1",
      isExact: true,
    });
  });

  it("agrees with whole-number arithmetic on decimals of four places", () => {
    const next = chance(20_261_123);
    const decimals = (): { digits: string; tenThousandths: bigint } => {
      const places = next(5);
      const whole = next(1_000_000);
      const part = String(next(10 ** places)).padStart(places, "0");
      const digits = `${next(2) ? "-" : ""}${whole}${places ? `.${part}` : ""}`;
      return { digits, tenThousandths: BigInt(digits.replace(".", "")) * 10n ** BigInt(4 - places) };
    };
    for (let round = 0; round < 3000; round += 1) {
      const [a, b] = [decimals(), decimals()];
      const [x, y] = [parsed(a.digits), parsed(b.digits)];
      expect(decimal(plus(x, y))?.text).toBe(divided(a.tenThousandths + b.tenThousandths, 10_000n, 4));
      expect(decimal(minus(x, y))?.text).toBe(divided(a.tenThousandths - b.tenThousandths, 10_000n, 4));
      const product = divided(a.tenThousandths * b.tenThousandths, 10n ** 8n, 8);
      // Up to 15 digits everything is shown; more are rounded, which the next test holds.
      if (product.replace(/\D/g, "").length <= 15) expect(decimal(times(x, y))?.text).toBe(product);
    }
  });

  it("shows quotients as long division gives them, halves away from zero", () => {
    const next = chance(7);
    for (let round = 0; round < 2000; round += 1) {
      const [top, over] = [BigInt(next(2_000_001) - 1_000_000), BigInt(next(99_999) + 1)];
      const whole = String((top < 0n ? -top : top) / over).length;
      expect(decimal(fraction(top, over))?.text).toBe(divided(top, over, Math.min(12, 15 - whole)));
    }
    expect(decimal(fraction(5n, 10n ** 13n))?.text).toBe("0.000000000001");
    expect(decimal(fraction(4n, 10n ** 13n))).toEqual({ text: "0", isExact: false });
    expect(decimal(fraction(-4n, 10n ** 13n))?.text).toBe("0");
  });

  it("shows fifteen digits and no more", () => {
    expect(decimal(fraction(999_999_999_999_999n))?.text).toBe("999999999999999");
    expect(decimal(fraction(10n ** 15n))).toBeNull();
    expect(decimal(fraction(-(10n ** 15n)))).toBeNull();
  });
});

describe("keys of the calculator", () => {
  it("works sums out as they are typed, from left to right", () => {
    expect(shows("0.1+0.2=")).toBe("0.3");
    expect(shows("2+3*4=")).toBe("20");
    expect(shows("2+3*")).toBe("5");
    expect(shows("1/3*3=")).toBe("1");
    expect(shows("7-9=")).toBe("-2");
  });

  it("takes another operation in place of the one before", () => {
    expect(shows("8+-*2=")).toBe("16");
  });

  it("does the last step again at every further =", () => {
    expect(shows("5+2===")).toBe("11");
    expect(shows("3*=")).toBe("9");
    expect(shows("10-2= 50 =")).toBe("48");
  });

  it("takes per cent of the first number after + and -, hundredths elsewhere", () => {
    expect(shows("200+10%=")).toBe("220");
    expect(shows("200-10%=")).toBe("180");
    expect(shows("200*10%=")).toBe("20");
    expect(shows("50%")).toBe("0.5");
    expect(shows("20/25%=")).toBe("80");
  });

  it("turns signs, deletes digits and clears", () => {
    expect(shows("12s")).toBe("-12");
    expect(shows("12sb")).toBe("-1");
    expect(shows("12sbb")).toBe("0");
    expect(shows("5+3E4=")).toBe("9");
    expect(shows("5+3C4=")).toBe("4");
    expect(shows("4+5=s")).toBe("-9");
  });

  it("has a memory that only its own keys change", () => {
    expect(shows("5[m+]3[m+]C[mr]")).toBe("8");
    expect(shows("5[m+]2[m-]1[mr]*2=")).toBe("6");
    expect(shows("5[m+][mc][mr]")).toBe("0");
  });

  it("begins zeros and points as people do", () => {
    expect(shows("007")).toBe("7");
    expect(shows(".5+.5=")).toBe("1");
    expect(shows("1.2.3")).toBe("1.23");
    expect(shows("1234567890123456789")).toBe("123456789012345");
  });

  it("says what cannot be worked out and goes on after C", () => {
    expect(shows("5/0=")).toBe("division_by_zero");
    expect(shows("5/0=7+1=")).toBe("division_by_zero");
    expect(shows("5/0=C7+1=")).toBe("8");
    expect(shows("999999999999999*999999999999999=")).toBe("too_large");
    expect(shows("5[m+]8/0=C[mr]")).toBe("5");
  });

  it("agrees with exact fractions on random sums without precedence", () => {
    const next = chance(42);
    for (let round = 0; round < 500; round += 1) {
      let [top, over] = [BigInt(next(1000)), 1n];
      let keys = String(top);
      for (let step = 0; step < 6; step += 1) {
        const operation = "+-*/"[next(4)] as string;
        const cents = BigInt(next(9999) + 1);
        keys += `${operation}${cents / 100n}.${String(cents % 100n).padStart(2, "0")}`;
        // The number typed is cents/100; nothing is brought to lowest terms here.
        if (operation === "+") [top, over] = [top * 100n + cents * over, over * 100n];
        if (operation === "-") [top, over] = [top * 100n - cents * over, over * 100n];
        if (operation === "*") [top, over] = [top * cents, over * 100n];
        if (operation === "/") [top, over] = [top * 100n, over * cents];
      }
      const whole = String((top < 0n ? -top : top) / over).length;
      if (whole > 12) continue;
      expect(shows(`${keys}=`), keys).toBe(divided(top, over, Math.min(12, 15 - whole)));
    }
  });

  it("comes back from storage in the middle of a sum", () => {
    const kept = typed("5[m+]1/3+2");
    expect(read(written(kept))).toEqual(kept);
    expect(display(typed("=", read(written(kept))))).toBe(display(typed("=", kept)));
    expect(read("{")).toEqual(fresh);
    expect(read(undefined)).toEqual(fresh);
  });

  it("takes comma and point alike from the keyboard and leaves other keys alone", () => {
    expect([",", ".", "Enter", "×", "÷", "%", "Backspace"].map(keyOf)).toEqual([
      ".",
      ".",
      "=",
      "*",
      "/",
      "%",
      "back",
    ]);
    expect(["a", "k", "Tab", "Escape", " ", "F5"].map(keyOf)).toEqual(Array(6).fill(null));
  });
});
