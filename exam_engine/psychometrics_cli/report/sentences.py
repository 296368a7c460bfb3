"""Settings and the certificate of convergence of a calibration in words."""

from typing import Final

from exam_engine.psychometrics.calibration import CalibrationResult, Prior
from exam_engine.psychometrics_cli.words import Words, number, say, small, whole

ILL_CONDITIONED: Final = 1e8
"""Condition of the scaled information above which half of the digits of the standard errors are lost."""


def setting_rows(result: CalibrationResult, words: Words) -> list[tuple[str, str]]:
    """Every setting that the estimates depend on, priors first of all."""
    settings = result.settings
    models = sorted(set(result.items.models))
    counts = ", ".join(f"{model} ({result.items.models.count(model)})" for model in models)
    priors = settings.priors
    stated = "; ".join(
        f"{letter}: {_prior(prior, words)}"
        for letter, prior in (("a", priors.slope), ("d", priors.intercept), ("c", priors.lower), ("u", priors.upper))
        if prior is not None
    )
    # Both tolerances are a hundred times wider for a histogram (``CalibrationSettings``).
    slack = 100.0 if settings.density == "histogram" else 1.0
    rows = [
        ("models", counts),
        ("priors", stated or say("report.setting.no_priors", words)),
        ("density", say(f"report.density.{settings.density}", words, order=settings.davidian_order)),
        ("scale", _scale(result, words)),
        ("standard_errors", say(f"report.errors.{settings.standard_errors}", words)),
        (
            "quadrature",
            say(
                "report.setting.nodes",
                words,
                count=result.quadrature.nodes.size,
                lower=number(float(result.quadrature.nodes[0]), 1, words),
                upper=number(float(result.quadrature.nodes[-1]), 1, words),
            ),
        ),
        (
            "tolerances",
            say(
                "report.setting.tolerance",
                words,
                parameter=small(slack * settings.parameter_tolerance, words),
                gradient=small(slack * settings.gradient_tolerance, words),
                iterations=settings.max_iterations,
            ),
        ),
    ]
    if result.fixed_items:
        rows.append(("fixed", f"{len(result.fixed_items)}: {', '.join(result.fixed_items)}"))
    return [(say(f"report.setting.{name}", words), value) for name, value in rows]


def certificate_sentences(result: CalibrationResult, words: Words) -> list[str]:
    """What the certificate says, one sentence a point."""
    certificate = result.certificate
    sentences = [
        say(
            "report.certificate.converged" if certificate.converged else "report.certificate.not_converged",
            words,
            iterations=certificate.iterations,
            e_steps=certificate.e_steps,
            seconds=number(certificate.seconds, 2, words),
        ),
        say(
            "report.certificate.gradient",
            words,
            gradient=small(certificate.max_gradient, words),
            per_candidate=small(certificate.max_gradient / result.n_candidates, words),
            change=small(certificate.max_change, words),
        ),
    ]
    if certificate.newton_decrement is not None:
        sentences.append(say("report.certificate.decrement", words, value=small(certificate.newton_decrement, words)))
    if certificate.is_identified is not None:
        condition = certificate.condition_number
        code = "identified" if certificate.is_identified else "not_identified"
        if certificate.is_identified and condition is not None and condition > ILL_CONDITIONED:
            code = "ill_conditioned"
        sentences.append(say(f"report.certificate.{code}", words, condition=small(condition, words)))
    sets = certificate.linked_item_sets
    if sets is not None:
        sentences.append(say(f"report.certificate.{'linked' if sets <= 1 else 'not_linked'}", words, sets=sets))
    sentences.append(
        say("report.certificate.bounds", words, items=", ".join(certificate.items_at_bounds))
        if certificate.items_at_bounds
        else say("report.certificate.no_bounds", words)
    )
    sentences.append(
        say(
            "report.certificate.nodes",
            words,
            spacing=number(result.quadrature.spacing, 3, words),
            posterior=number(certificate.smallest_posterior_sd, 3, words),
        )
    )
    return sentences


def _scale(result: CalibrationResult, words: Words) -> str:
    if result.fixed_items:
        return say("report.scale.fixed", words, count=whole(float(len(result.fixed_items)), words))
    code = "rasch" if "Rasch" in result.items.models else "standard"
    name = result.groups[0].name or say("report.everybody", words)
    return say(f"report.scale.{code}", words, group=name)


def _prior(prior: Prior, words: Words) -> str:
    return f"{prior.family}({small(prior.first, words)}; {small(prior.second, words)})"
