from types import ModuleType

from exam_engine.psychometrics import classical


def test_all_lists_exactly_the_public_names_in_order() -> None:
    exported = {
        name
        for name, value in vars(classical).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }

    assert set(classical.__all__) == exported
    assert list(classical.__all__) == sorted(classical.__all__)
