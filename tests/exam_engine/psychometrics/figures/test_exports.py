from types import ModuleType

import pytest

from exam_engine.psychometrics import figures, plots


@pytest.mark.parametrize("package", [figures, plots])
def test_all_lists_exactly_the_public_names(package: ModuleType) -> None:
    exported = {
        name for name, value in vars(package).items() if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert set(package.__all__) == exported
    assert list(package.__all__) == sorted(package.__all__)
