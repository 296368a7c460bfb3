"""Forms whose items follow each other by rules, small enough to reckon by hand."""

import numpy as np

from exam_engine.forms.schemas import FormSpec, RoutingSpec
from exam_engine.psychometrics import ItemParameters
from exam_engine.psychometrics.adaptive import AdaptiveSettings
from exam_engine.psychometrics.multistage import MultistageTest, Panel, PanelModule, Routing, RoutingRule
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


def multistage_form(code: str = "301") -> FormSpec:
    """A form of two stages: four items for all, then four easy or four hard ones; two right are enough for hard."""
    form = make_form(code, 12, 45)
    codes = [item.item_code for item in form.items]
    b = np.concatenate([np.linspace(-0.5, 0.5, 4), np.full(4, -1.5), np.full(4, 1.5)])
    parameters = ItemParameters.dichotomous(codes, np.full(12, 1.2), b)
    panel = Panel(
        code,
        (
            PanelModule("R", 1, tuple(codes[:4])),
            PanelModule("E", 2, tuple(codes[4:8])),
            PanelModule("H", 2, tuple(codes[8:])),
        ),
        (("R", "E"), ("R", "H")),
    )
    routing = Routing("number_correct", (RoutingRule(("R",), ("E", "H"), (2.0,)),))
    test = MultistageTest(panel=panel, items=parameters, routing=routing)
    spec = RoutingSpec(design="multistage", length=8, rules={"test": test.to_dict()}, scale=SCALE)
    return form.model_copy(update={"routing": spec})
