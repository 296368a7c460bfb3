/** Which names a certificate can carry; the same rule as certificates/names.py, so that both read the same codes. */

const TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"];
const HIGHLAND_LETTERS = "ƀčĕĭñŏŭ";
const LONGEST_NAME_BYTES = 80;
const BREVE = "\u0306";

function letters(): Set<string> {
  const lower = [..."abcdefghijklmnopqrstuvwxyzđ", ...HIGHLAND_LETTERS];
  for (const vowel of "aăâeêioôơuưy") {
    for (const tone of TONES) lower.push((vowel + tone).normalize("NFC"));
  }
  return new Set([...lower, ...lower.map((letter) => letter.toUpperCase())]);
}

const LETTERS = letters();
const BEFORE_BREVE = new Set("êôơưÊÔƠƯ");
const APOSTROPHES = new Set("'\u2019");

function mayFollow(character: string, previous: string): boolean {
  if (character === BREVE) return BEFORE_BREVE.has(previous);
  if (LETTERS.has(character)) return true;
  if (character !== " " && character !== "-" && !APOSTROPHES.has(character)) return false;
  return LETTERS.has(previous) || previous === BREVE || (character === " " && APOSTROPHES.has(previous));
}

/** Whether a signer can have written this name, exactly as it stands. */
export function isAllowedName(name: string): boolean {
  if (name === "" || new TextEncoder().encode(name).length > LONGEST_NAME_BYTES) return false;
  let previous = " ";
  for (const character of name) {
    if (!mayFollow(character, previous)) return false;
    previous = character;
  }
  return previous !== " " && previous !== "-" && name === name.normalize("NFC");
}
