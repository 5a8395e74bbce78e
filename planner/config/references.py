"""Cross-checks of a scenario: names that refer to something, figures that fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.config.words import did_you_mean

if TYPE_CHECKING:
    from planner.config.programme import Target
    from planner.config.schema import Scenario

GROUNDS = ("urban", "suburban", "rural")


def contradictions(scenario: Scenario) -> list[str]:
    """Find what cannot be, beyond single values.

    Parameters
    ----------
    scenario : Scenario
        With every single value valid.

    Returns
    -------
    list of str
        Lines 'key path: what is wrong; what would be right'.
    """
    checks = (
        _radio,
        _receivers,
        _bands,
        _thresholds,
        _targets,
        _targets_apart,
        _target_keys,
        _works_for_nothing,
        _phases,
        _planning,
    )
    return [line for check in checks for line in check(scenario)]


def _unknown(word: str, known: list[str]) -> str:
    near = did_you_mean(word, known)
    return f"did you mean '{near}'" if near else f"known: {', '.join(known) or 'none'}"


def _radio(scenario: Scenario) -> Iterator[str]:
    radio = scenario.radio
    for name, operator in radio.operators.items():
        for carrier in operator.carriers:
            if carrier not in radio.carriers:
                hint = _unknown(carrier, list(radio.carriers))
                yield f"radio.operators.{name}.carriers: no carrier '{carrier}' in radio.carriers; {hint}"
    for name, config in radio.carriers.items():
        if config.antenna not in radio.antennas:
            hint = _unknown(config.antenna, list(radio.antennas))
            yield f"radio.carriers.{name}.antenna: no antenna '{config.antenna}' in radio.antennas; {hint}"
        if config.narrow_antenna is not None and config.narrow_antenna not in radio.antennas:
            hint, narrow = _unknown(config.narrow_antenna, list(radio.antennas)), config.narrow_antenna
            yield f"radio.carriers.{name}.narrow_antenna: no antenna '{narrow}' in radio.antennas; {hint}"
    for name, antenna in radio.antennas.items():
        if antenna.kind == "file" and antenna.file is None:
            yield f"radio.antennas.{name}.file: missing; name an MSI or Planet file, or choose another kind"
        elif antenna.kind == "file" and antenna.file is not None and not antenna.file.is_file():
            yield f"radio.antennas.{name}.file: no file {antenna.file}; paths are relative to the scenario file"
    shares = sum(operator.subscriber_share for operator in radio.operators.values())
    if shares > 1.001:
        yield f"radio.operators: subscriber_share adds up to {shares:.3f}; shares are at most 1 together"
    for alias, target in scenario.data.operator_aliases.items():
        if target not in radio.operators:
            hint = _unknown(target, list(radio.operators))
            yield f"data.operator_aliases.{alias}: no operator '{target}' in radio.operators; {hint}"


def _receivers(scenario: Scenario) -> Iterator[str]:
    receivers = scenario.radio.receivers
    asked = {"coverage.receiver": scenario.coverage.receiver}
    asked |= {f"targets.{index}.receiver": one.receiver for index, one in enumerate(scenario.targets) if one.receiver}
    for where, name in asked.items():
        if name not in receivers:
            yield f"{where}: no receiver '{name}' in radio.receivers; known: {', '.join(receivers) or 'none'}"
    if len({one.height_agl_m for one in receivers.values()}) > 1:
        heights = ", ".join(f"{name} {one.height_agl_m:g} m" for name, one in receivers.items())
        yield (
            f"radio.receivers: height_agl_m differs ({heights}), but levels are computed once for all receivers; give"
            " all the same, and let extra_loss_db hold what a floor or a roof changes"
        )


def _bands(scenario: Scenario) -> Iterator[str]:
    bands = sorted({carrier.band for carrier in scenario.radio.carriers.values()})
    for band in scenario.radio.enabled_bands or ():
        if band not in bands:
            yield f"radio.enabled_bands: no carrier has band '{band}'; known: {', '.join(bands) or 'none'}"
    for band in scenario.propagation.model_by_band:
        if band not in bands:
            yield f"propagation.model_by_band.{band}: no carrier has this band; known: {', '.join(bands) or 'none'}"


def technologies_held(scenario: Scenario, operator: str | None = None) -> set[str]:
    """Technologies with a carrier that is switched on.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    operator : str, optional
        Only of this operator; absent: of any.

    Returns
    -------
    set of str
        '4g', '5g'.
    """
    radio = scenario.radio
    names = list(radio.operators) if operator is None else [operator]
    held = [radio.carriers[c] for name in names for c in radio.operators[name].carriers if c in radio.carriers]
    on = radio.enabled_bands
    return {carrier.technology for carrier in held if on is None or carrier.band in on}


def _thresholds(scenario: Scenario) -> Iterator[str]:
    for technology in sorted(technologies_held(scenario)):
        if technology not in scenario.coverage.thresholds:
            yield (
                f"coverage.thresholds.{technology}: missing; set coverage.preset, or level_dbm for this technology,"
                " since radio.operators use it"
            )


def _targets(scenario: Scenario) -> Iterator[str]:
    operators = list(scenario.radio.operators)
    for index, target in enumerate(scenario.targets):
        where = f"targets.{index}"
        if target.operator != "any" and target.operator not in operators:
            hint = _unknown(target.operator, operators)
            yield f"{where}.operator: no operator '{target.operator}' in radio.operators; {hint}"
        elif target.kind.startswith(("coverage", "capacity")) and target.technology is not None:
            only = None if target.operator == "any" else target.operator
            if target.technology not in technologies_held(scenario, only):
                who = "no operator holds" if only is None else f"{only} does not hold"
                yield (
                    f"{where}.technology: {who} a {target.technology} carrier that is switched on; give one in"
                    " radio.operators and radio.enabled_bands, or drop the target"
                )
        if target.base_year is not None and target.base_year > target.year:
            yield f"{where}.year: {target.year} lies before its base_year {target.base_year}; correct one of them"
        if target.strictly_over and target.share >= 1:
            yield f"{where}.share: more than 100 % cannot be reached; drop strictly_over or lower the share"
    for name, count in Counter(target.name for target in scenario.targets).items():
        if count > 1:
            yield f"targets: {count} targets are named '{name}'; give each its own name"
    if any(target.kind.startswith("underground") for target in scenario.targets):
        prices = scenario.costs.undergrounding.per_m or {}
        missing = [ground for ground in GROUNDS if ground not in prices]
        if missing:
            yield (
                f"costs.undergrounding.per_m: no price for {', '.join(missing)} ground; an underground target needs the"
                " cost of burying existing cable, state yours and mark it assumed"
            )


def _targets_apart(scenario: Scenario) -> Iterator[str]:
    """Targets of one standing that count the same thing and ask for different shares of it."""
    seen: dict[str, list[tuple[int, Target]]] = {}
    for index, target in enumerate(scenario.targets):
        same = target.model_dump_json(exclude={"name", "share", "strictly_over", "year", "base_year", "source"})
        seen.setdefault(same, []).append((index, target))
    for group in seen.values():
        for later, (index, target) in enumerate(group):
            for _, other in group[:later]:
                early, late = (other, target) if other.year <= target.year else (target, other)
                differ = (early.share, early.strictly_over) != (late.share, late.strictly_over)
                if early.year == late.year and differ:
                    yield (
                        f"targets.{index}.share: '{other.name}' and '{target.name}' ask for {other.share:.2%} and"
                        f" {target.share:.2%} of the same in {target.year}; keep one of them"
                    )
                elif early.year < late.year and late.share < early.share:
                    yield (
                        f"targets.{index}.share: '{late.name}' asks for {late.share:.2%} in {late.year}, less than"
                        f" '{early.name}' for {early.year} ({early.share:.2%}); works stay, so shares cannot fall"
                    )


def _target_keys(scenario: Scenario) -> Iterator[str]:
    """Keys that say nothing about the kind of a target would be passed over in silence."""
    means = {
        "technology": ("coverage_areas", "coverage_people", "capacity_people"),
        "operator": ("coverage_areas", "coverage_people", "capacity_people"),
        "receiver": ("coverage_areas", "coverage_people"),
        "area_kinds": ("coverage_areas", "coverage_people", "fibre_households"),
        "per_commune": ("coverage_areas", "coverage_people", "fibre_households"),
        "zone_kinds": ("underground_zones",),
        "zone_status": ("underground_zones",),
    }
    for index, target in enumerate(scenario.targets):
        idle = {None, False, "any"}
        for key, kinds in means.items():
            value = getattr(target, key)
            if target.kind not in kinds and (isinstance(value, list) or value not in idle):
                yield f"targets.{index}.{key}: says nothing about a target of kind {target.kind}; drop the key"


_WEIGHED_WORKS = (
    "new_macro", "new_small_cell", "new_rooftop", "new_pole_cell", "upgrade_5g", "add_carrier", "add_sector",
    "split_sector", "colocate",
)  # fmt: skip


def _works_for_nothing(scenario: Scenario) -> Iterator[str]:
    """Radio works that cost nothing cannot be weighed against each other."""
    if not any(target.kind.startswith(("coverage", "capacity")) for target in scenario.targets):
        return
    sites = scenario.costs.sites
    for name in _WEIGHED_WORKS:
        if getattr(sites, name).value == 0:
            yield f"costs.sites.{name}: 0 VND; a work that is weighed against others needs a price above 0"
    if sites.subsidy_5g_share >= 1:
        yield "costs.sites.subsidy_5g_share: 1 leaves nothing to pay for 5G; lower the share"


def _phases(scenario: Scenario) -> Iterator[str]:
    years = [phase.year for phase in scenario.phases]
    if years != sorted(set(years)):
        yield f"phases: years {years}; they must rise from phase to phase"
    if scenario.targets and not scenario.phases:
        yield "phases: targets are given but no phase; add at least one with a year and a budget"
    for index, phase in enumerate(scenario.phases):
        if phase.year < scenario.base_year:
            yield (f"phases.{index}.year: {phase.year} lies before base_year {scenario.base_year}; correct it")
        for payer, budget in phase.budget_vnd.items():
            if budget < 0:
                yield f"phases.{index}.budget_vnd.{payer}: {budget} VND; a budget is 0 or more"


def _planning(scenario: Scenario) -> Iterator[str]:
    planning = scenario.planning
    for operator in planning.candidates.operators or ():
        if operator not in scenario.radio.operators:
            hint = _unknown(operator, list(scenario.radio.operators))
            yield f"planning.candidates.operators: no operator '{operator}' in radio.operators; {hint}"
    both = sorted(set(planning.commitments.fixed) & set(planning.commitments.forbidden))
    if both:
        yield f"planning.commitments: {', '.join(both)} fixed and forbidden at once; choose one"
