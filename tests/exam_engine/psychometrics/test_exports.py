import importlib
import pkgutil
from types import ModuleType

import pytest

from exam_engine import psychometrics

PACKAGES = [
    psychometrics,
    *(
        importlib.import_module(f"exam_engine.psychometrics.{found.name}")
        for found in pkgutil.iter_modules(psychometrics.__path__)
        if found.ispkg
    ),
]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__.rpartition(".")[2])
def test_all_lists_exactly_the_public_names(package: ModuleType) -> None:
    exported = {
        name for name, value in vars(package).items() if not name.startswith("_") and not isinstance(value, ModuleType)
    }

    assert set(package.__all__) == exported
    assert len(package.__all__) == len(exported)
