from types import ModuleType

import pytest

from exam_engine import psychometrics
from exam_engine.psychometrics import assembly


@pytest.mark.parametrize("package", [psychometrics, assembly])
def test_all_lists_exactly_the_public_names(package: ModuleType) -> None:
    exported = {
        name for name, value in vars(package).items() if not name.startswith("_") and not isinstance(value, ModuleType)
    }

    assert set(package.__all__) == exported
    assert len(package.__all__) == len(exported)
