from types import ModuleType

from exam_engine.psychometrics import standard_setting


def test_all_lists_exactly_the_public_names_in_order() -> None:
    exported = {
        name
        for name, value in vars(standard_setting).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }

    assert set(standard_setting.__all__) == exported
    assert list(standard_setting.__all__) == sorted(standard_setting.__all__)
