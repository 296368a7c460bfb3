"""Forms whose items follow each other by rules, small enough to reckon by hand."""

import numpy as np

from exam_engine.forms.schemas import FormSpec, RoutingSpec
from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.adaptive import AdaptiveSettings
from load_tests.prepared_sitting import make_form

SCALE = [(-4.0, 0.0), (0.0, 5.0), (4.0, 10.0)]


def adaptive_form(code: str = "201", *, n_items: int = 30, length: int = 5) -> FormSpec:
    """A form of Rasch items, difficulties from −3 to 3; a test has ``length`` of them; the first option is right."""
    form = make_form(code, n_items, 45)
    codes = [item.item_code for item in form.items]
    items = ItemParameters.dichotomous(codes, np.ones(n_items), np.linspace(-3.0, 3.0, n_items))
    rules = {
        "items": items.to_dict(),
        "areas": [""] * n_items,
        "enemies": [],
        "settings": AdaptiveSettings(maximum_length=length).to_dict(),
    }
    routing = RoutingSpec(design="adaptive", length=length, rules=rules, scale=SCALE)
    return form.model_copy(update={"routing": routing})
