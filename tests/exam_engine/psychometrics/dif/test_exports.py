from types import ModuleType

from exam_engine.psychometrics import dif


def test_all_lists_exactly_the_public_names() -> None:
    exported = {
        name for name, value in vars(dif).items() if not name.startswith("_") and not isinstance(value, ModuleType)
    }

    assert set(dif.__all__) == exported
    assert len(dif.__all__) == len(exported)
