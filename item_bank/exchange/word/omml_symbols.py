"""Characters of formulas in LaTeX: Greek letters, operators, relations, arrows, letters of mathematical alphabets."""

import unicodedata

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ϵ": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ϑ": "vartheta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu",
    "ξ": "xi", "π": "pi", "ϖ": "varpi", "ρ": "rho", "ϱ": "varrho", "σ": "sigma", "ς": "varsigma", "τ": "tau",
    "υ": "upsilon", "φ": "varphi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta",
    "∆": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi",
    "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_OPERATORS = {
    "±": "pm", "∓": "mp", "×": "times", "÷": "div", "⋅": "cdot", "·": "cdot", "∙": "cdot", "∗": "ast", "∘": "circ",
    "⊕": "oplus", "⊖": "ominus", "⊗": "otimes", "⊙": "odot", "∩": "cap", "∪": "cup", "∧": "wedge", "∨": "vee",
    "∖": "setminus", "¬": "neg", "∑": "sum", "∏": "prod", "∐": "coprod", "∫": "int", "∬": "iint", "∭": "iiint",
    "∮": "oint", "⋃": "bigcup", "⋂": "bigcap", "⋁": "bigvee", "⋀": "bigwedge", "⨁": "bigoplus", "⨂": "bigotimes",
    "√": "surd", "∂": "partial", "∇": "nabla", "∞": "infty", "∝": "propto", "∠": "angle", "△": "triangle",
    "⊥": "perp", "∥": "parallel", "∦": "nparallel", "∴": "therefore", "∵": "because", "∀": "forall", "∃": "exists",
    "∄": "nexists", "∅": "varnothing", "⌀": "varnothing", "ℓ": "ell", "ℏ": "hbar", "ℵ": "aleph", "ℜ": "Re",
    "ℑ": "Im", "℘": "wp", "…": "ldots", "⋯": "cdots", "⋮": "vdots", "⋱": "ddots", "†": "dagger", "★": "star",
}  # fmt: skip
_RELATIONS = {
    "≤": "le", "≥": "ge", "⩽": "leqslant", "⩾": "geqslant", "≪": "ll", "≫": "gg", "≠": "ne", "≡": "equiv",
    "≈": "approx", "≅": "cong", "∼": "sim", "≃": "simeq", "≔": "coloneqq", "∈": "in", "∉": "notin", "∋": "ni",
    "⊂": "subset", "⊃": "supset", "⊆": "subseteq", "⊇": "supseteq", "⊄": "nsubset", "≺": "prec", "≻": "succ",
    "∣": "mid", "∤": "nmid", "⊢": "vdash", "⊨": "models",
}  # fmt: skip
_ARROWS = {
    "→": "to", "←": "leftarrow", "↔": "leftrightarrow", "↑": "uparrow", "↓": "downarrow", "↕": "updownarrow",
    "⇒": "Rightarrow", "⇐": "Leftarrow", "⇔": "Leftrightarrow", "⇑": "Uparrow", "⇓": "Downarrow", "↦": "mapsto",
    "↗": "nearrow", "↘": "searrow", "↙": "swarrow", "↖": "nwarrow", "⟶": "longrightarrow", "⟵": "longleftarrow",
    "⟹": "Longrightarrow", "⟺": "Longleftrightarrow", "⇌": "rightleftharpoons", "↪": "hookrightarrow",
}  # fmt: skip
_FENCES = {"⟨": "langle", "⟩": "rangle", "〈": "langle", "〉": "rangle", "⌊": "lfloor", "⌋": "rfloor", "⌈": "lceil",
           "⌉": "rceil", "‖": "|", "∥": "|"}  # fmt: skip
_ESCAPED = {
    "{": r"\{", "}": r"\}", "%": r"\%", "#": r"\#", "&": r"\&", "_": r"\_", "$": r"\$", "\\": r"\setminus",
    "~": r"\sim", "^": r"\wedge", "−": "-", "–": "-", "′": "'", "″": "''", "‴": "'''", "°": r"^{\circ}",
    "\u00a0": "~", "\u2002": r"\enspace", "\u2003": r"\quad", "\u2009": r"\,", "\u2005": r"\:", "\u200a": "",
    "\u200b": "", "\u2061": "", "\u2062": "", "\u2063": "", "\u2064": "", "\u2060": "",
}  # fmt: skip
_COMMANDS = _GREEK | _OPERATORS | _RELATIONS | _ARROWS
_DOUBLE_STRUCK = {"ℕ": "N", "ℤ": "Z", "ℚ": "Q", "ℝ": "R", "ℂ": "C", "ℙ": "P", "ℍ": "H"}
# Parts of the Unicode name of a mathematical letter, the first that fits decides.
_ALPHABETS = {
    "DOUBLE-STRUCK": "mathbb",
    "FRAKTUR": "mathfrak",
    "BLACK-LETTER": "mathfrak",
    "SCRIPT": "mathcal",
    "MONOSPACE": "mathtt",
    "SANS-SERIF": "mathsf",
    "BOLD": "mathbf",
}
FUNCTIONS = frozenset(
    {
        "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "coth", "log",
        "ln", "lg", "exp", "lim", "max", "min", "sup", "inf", "det", "dim", "gcd", "deg", "ker", "hom", "Pr",
    }
)  # fmt: skip
"""Names that LaTeX has a command for."""


def command(character: str) -> str:
    """Return a character of a formula in LaTeX; one that needs no command as it is."""
    name = _COMMANDS.get(character)
    if name is not None:
        return f"\\{name}"
    if character in _ESCAPED:
        return _ESCAPED[character]
    if character in _DOUBLE_STRUCK:
        return rf"\mathbb{{{_DOUBLE_STRUCK[character]}}}"
    return _mathematical_letter(character)


def fence(character: str) -> str:
    r"""Return a delimiter as it stands behind ``\left``; ``.`` for none."""
    if not character:
        return "."
    if character in "{}":
        return f"\\{character}"
    name = _FENCES.get(character)
    return f"\\{name}" if name is not None else command(character)


def _mathematical_letter(character: str) -> str:
    if not ("\U0001d400" <= character <= "\U0001d7ff" or "ℂ" <= character <= "ℴ"):
        return character
    name = unicodedata.name(character, "")
    plain = unicodedata.normalize("NFKC", character)
    alphabet = next((command for part, command in _ALPHABETS.items() if part in name), "")
    if plain in _GREEK:
        plain = f"\\{_GREEK[plain]}"
        alphabet = "boldsymbol" if alphabet == "mathbf" else ""
    return rf"\{alphabet}{{{plain}}}" if alphabet else plain
