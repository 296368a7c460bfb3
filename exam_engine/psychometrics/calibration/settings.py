"""How to calibrate: models, latent distribution, priors, standard errors, quadrature, convergence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, Literal, get_args

from exam_engine.psychometrics.calibration.priors import Priors
from exam_engine.psychometrics.item_parameters import ItemModel

DensityName = Literal["normal", "histogram", "davidian"]
StandardErrorMethod = Literal["observed", "crossproduct", "sandwich", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationSettings:
    """How to estimate.

    Parameters
    ----------
    model : of every item that ``item_models`` does not name. ``Rasch`` holds slopes at 1 and frees the spread of
        ability; ``1PL``, ``PCM`` and ``RSM`` share one slope, which is 1 beside Rasch items. A polytomous model means
        its dichotomous special case for an item with two categories, and ``Rasch`` the PCM for one with more.
    item_models : item name → model, for tests that mix models.
    density : latent distribution of ability: ``normal``, ``histogram`` (a weight per node) or ``davidian`` (a squared
        polynomial of degree ``davidian_order`` times a normal density). The reference population's mean is 0 and,
        except under the Rasch model, its standard deviation 1.
    davidian_order : 1 to 10; asymmetry needs 2 or more.
    reference_group : whose mean and spread fix the scale; the first group in sorted order when None.
    free_means, free_sds : estimate mean and standard deviation of the other groups, and of every group when items are
        fixed. Only a normal distribution can free one and hold the other.
    priors : of item parameters; none unless given.
    standard_errors : from the ``observed`` information, the ``crossproduct`` of the candidates' scores, the
        ``sandwich`` of both, which stays right when the model is wrong, or ``none``.
    n_nodes, theta_min, theta_max : equally spaced quadrature nodes.
    max_iterations : EM maps after which the fit stops unconverged.
    parameter_tolerance : largest change of a parameter in an EM map at convergence (logits; asymptotes: proportions).
    gradient_tolerance : largest gradient component at convergence, per candidate. Both tolerances are a hundred times
        wider for a histogram.
    accelerate : extrapolate between EM maps (SQUAREM) and finish slow fits by Newton steps; the estimates are the same.
    refine_quadrature : halve the node spacing when it exceeds the smallest posterior standard deviation, widen the
        range when a population reaches its end.
    block_rows : candidates per block; memory use is about 8 × block_rows × (n_nodes + 4 × items) bytes.

    Raises
    ------
    ValueError
        When a number or name is out of range.
    """

    model: ItemModel = "2PL"
    item_models: Mapping[str, ItemModel] = field(default_factory=dict)
    density: DensityName = "normal"
    davidian_order: int = 4
    reference_group: str | None = None
    free_means: bool = True
    free_sds: bool = True
    priors: Priors = field(default_factory=Priors)
    standard_errors: StandardErrorMethod = "observed"
    n_nodes: int = 61
    theta_min: float = -6.0
    theta_max: float = 6.0
    max_iterations: int = 2000
    parameter_tolerance: float = 1e-6
    gradient_tolerance: float = 1e-6
    accelerate: bool = True
    refine_quadrature: bool = True
    block_rows: int = 2048

    def __post_init__(self) -> None:
        """Refuse values that cannot work."""
        choices = {
            "model": (self.model, get_args(ItemModel)),
            "density": (self.density, get_args(DensityName)),
            "standard_errors": (self.standard_errors, get_args(StandardErrorMethod)),
        } | {f"model of item {name!r}": (model, get_args(ItemModel)) for name, model in self.item_models.items()}
        for name, (value, allowed) in choices.items():
            if value not in allowed:
                raise ValueError(f"{name} {value!r} is not one of {', '.join(allowed)}")
        for name, least in (("n_nodes", 3), ("max_iterations", 1), ("block_rows", 1), ("davidian_order", 1)):
            value = getattr(self, name)
            if value < least or int(value) != value:
                raise ValueError(f"{name} is {value}; a whole number of at least {least} is needed")
        if self.davidian_order > 10:
            raise ValueError(f"davidian_order is {self.davidian_order}; at most 10 can be told from data")
        for name in ("parameter_tolerance", "gradient_tolerance"):
            if not 0.0 < getattr(self, name) < inf:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be positive and finite")
        if self.density != "normal" and self.free_means != self.free_sds:
            raise ValueError(f"the {self.density} density frees mean and standard deviation together or not at all")
        if not -inf < self.theta_min < self.theta_max < inf:
            raise ValueError(f"theta_min {self.theta_min} is not below theta_max {self.theta_max}, or not finite")

    def to_dict(self) -> dict[str, Any]:
        """JSON values of every setting."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name not in ("item_models", "priors")}
        return plain | {"item_models": dict(self.item_models), "priors": self.priors.to_dict()}
