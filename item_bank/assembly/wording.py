"""Requirements, conflicts and repairs in the words of a board."""

from collections.abc import Mapping, Sequence
from typing import Any

from exam_engine.core.i18n import Catalogue, Language
from item_bank.assembly.requirements import PART, RECENT_FORM, REFERENCE

_MOST_CODES = 12
"""Items that a message names; a longer list is cut."""


class Wording:
    """Texts in one language."""

    def __init__(self, catalogue: Catalogue, language: Language) -> None:
        self._catalogue, self._language = catalogue, language

    def text(self, code: str, **params: Any) -> str:
        """Return the text of a message code."""
        return self._catalogue.text(code, self._language, params)

    def number(self, value: float, digits: int = 2) -> str:
        """Return a number as the language writes it; whole numbers without a fraction."""
        text = f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"
        text = "0" if text in {"-0", ""} else text.replace("-", "−")
        return text.replace(".", ",") if self._language == "vi" else text

    def fixed(self, value: float, digits: int) -> str:
        """Return a number with always as many digits behind the sign, so that columns line up."""
        text = f"{value:.{digits}f}".replace("-", "−")
        return text.replace(".", ",") if self._language == "vi" else text

    def share(self, value: float) -> str:
        """Return a fraction as a percentage."""
        return f"{self.number(100.0 * value)} %" if self._language == "vi" else f"{self.number(100.0 * value)}%"

    def subject(self, data: Mapping[str, Any]) -> str:
        """Return what a row counts or adds up: "Mức NB", "IU05 × VD", "Số từ của đề"."""
        name = str(data.get("name") or "")
        if name.startswith(RECENT_FORM):
            return self.text("requirement.recent_form", form_code=name.removeprefix(RECENT_FORM))
        if name.startswith(REFERENCE):
            return self.text("requirement.reference", reference=name.removeprefix(REFERENCE))
        if name.startswith(PART):
            kind = "part_points" if data.get("quantity") == "points" else "part"
            return self.text(f"requirement.{kind}", part=name.removeprefix(PART))
        if data.get("quantity") in {"words", "seconds", "points"}:
            return self.text(f"requirement.{data['quantity']}")
        if "theta" in data:
            return self.text("requirement.information", theta=self.number(data["theta"]))
        where = data.get("where") or {}
        if {"module", "level"} <= where.keys():
            return self.text("requirement.cell", **where)
        if "interaction" in where:
            return self.text("requirement.interaction", interaction=self.text(f"interaction.{where['interaction']}"))
        for part in ("module", "level", "key"):
            if part in where:
                return self.text(f"requirement.{part}", **where)
        return name or self.text("requirement.length")

    def bounds(self, minimum: float | None, maximum: float | None) -> str:
        """Return a range in words."""
        figures = {
            "minimum": "" if minimum is None else self.number(minimum),
            "maximum": "" if maximum is None else self.number(maximum),
        }
        if minimum is None:
            return self.text("bounds.maximum", **figures)
        if maximum is None:
            return self.text("bounds.minimum", **figures)
        return self.text("bounds.exactly" if minimum == maximum else "bounds.between", **figures)

    def codes(self, items: Sequence[str], count: int | None = None) -> str:
        """Return item codes with commas between, cut where there are many; ``count`` when ``items`` are cut already."""
        shown, total = ", ".join(items[:_MOST_CODES]), count or len(items)
        return shown if total <= _MOST_CODES else f"{shown} … ({total})"

    def _stimuli(self, code: str, data: Mapping[str, Any]) -> str:
        """Return what a row about stimuli counts: "Số ngữ liệu của đề", "Số câu của ngữ liệu S-07"."""
        stimulus = data.get("stimulus")
        if code == "stimuli" or stimulus is None:
            return self.text(f"requirement.{code}")
        return self.text("requirement.items_of_stimulus", stimulus=stimulus)

    def violation(self, code: str, data: Mapping[str, Any]) -> str:
        """Return a requirement that forms do not meet, with what was found."""
        match code:
            case "range" | "length" | "count" | "total" | "information" | "expected_score":
                return self.text(
                    "violation.range",
                    subject=self.subject(data),
                    bounds=self.bounds(data.get("minimum"), data.get("maximum")),
                    found=self.number(float(data["found"])),
                )
            case "stimuli" | "stimulus_items":
                return self.text(
                    "violation.range",
                    subject=self._stimuli(code, data),
                    bounds=self.bounds(data.get("minimum"), data.get("maximum")),
                    found=self.number(float(data["found"])),
                )
            case "enemies" | "include" | "exclude":
                return self.text(f"violation.{code}", items=self.codes(data["items"]))
            case "item_use":
                return self.text("violation.item_use", **data)
            case "pair_overlap":
                one, other = data["forms"]
                return self.text(
                    "violation.pair_overlap", one=one, other=other, found=data["found"], maximum=data["maximum"]
                )
            case "closeness":
                found = data["found"]
                return self.text(
                    "violation.closeness",
                    theta=self.number(data["theta"]),
                    difference=self.share(max(found) / min(found) - 1.0),
                    tolerance=self.share(data["relative"]),
                )
            case _:
                return self.text("violation.other", name=code)

    def conflict(self, code: str, data: Mapping[str, Any]) -> str:
        """Return a requirement that cannot be met, or not together with the others named."""
        match code:
            case "shortage":
                figures = {name: data[name] for name in ("needed", "available", "excluded", "per_form", "n_forms")}
                kind = "conflict.shortage_excluded" if data["excluded"] else "conflict.shortage"
                return self.text(kind, subject=self.subject(data), **figures)
            case "length" | "count" | "total" | "information" | "expected_score" | "range":
                return self.text(
                    "conflict.range",
                    subject=self.subject(data),
                    bounds=self.bounds(data.get("minimum"), data.get("maximum")),
                )
            case "stimuli" | "stimulus_items":
                bounds = self.bounds(data.get("minimum"), data.get("maximum"))
                return self.text("conflict.range", subject=self._stimuli(code, data), bounds=bounds)
            case "enemies" | "include" | "exclude" | "all_or_none" | "included_and_excluded":
                count = data.get("n_items")
                return self.text(f"conflict.{code}", items=self.codes(data.get("items", []), count))
            case "item_use" | "pair_overlap" if data.get("maximum") is not None:
                return self.text(f"conflict.{code}", maximum=self.number(data["maximum"]))
            case "closeness":
                return self.text(
                    "conflict.closeness", theta=self.number(data["theta"]), tolerance=self.share(data["relative"])
                )
            case _:
                return self.text("conflict.other", name=code)

    def repair(self, step: Mapping[str, Any]) -> str:
        """Return a bound to change: "Mức NB: tối thiểu 14 → 10"."""
        code, data, side = step["code"], step["data"], step["side"]
        old, new = data.get("old_bound"), step["new_bound"]
        if code in {"include", "exclude", "enemies"}:
            return self.text(f"repair.{code}", items=self.codes(data.get("items", []), data.get("n_items")))
        if code in {"item_use", "pair_overlap"} and old is not None and new is not None:
            return self.text(f"repair.{code}", old=self.number(old), new=self.number(new))
        if code == "closeness" and old is not None and new is not None:
            return self.text("repair.closeness", theta=self.number(data["theta"]), new=self.share(new))
        if code in {"stimuli", "stimulus_items"}:
            subject = self._stimuli(code, data)
        else:
            subject = self.text("requirement.number_of_forms") if code == "number_of_forms" else self.subject(data)
        if side is None or old is None or new is None:
            return self.text("repair.drop", subject=subject)
        return self.text(f"repair.{side}", subject=subject, old=self.number(old), new=self.number(new))

    def to_write(self, where: Mapping[str, str], count: int, theta: float | None) -> str:
        """Return items to write: "Viết thêm 5 câu IU05 × VD, độ khó quanh θ = 1"."""
        cell = self.subject({"where": where}) if where else self.text("requirement.any_item")
        if theta is None:
            return self.text("health.to_write", cell=cell, count=count)
        return self.text("health.to_write_near", cell=cell, count=count, theta=self.number(theta))
