"""What the audit finds, and the book it is written into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from planner.data.rules import RULES, Severity
from planner.errors import Complaint

MOST_PER_RULE = 12


@dataclass(frozen=True)
class Finding:
    """One place where a rule does not hold.

    Attributes
    ----------
    rule : str
        Number of the rule, for example 'P401'.
    severity : str
        'error', 'warning' or 'info'.
    layer : str
        Layer it was found in.
    feature : str
        Feature, row or file; empty for the whole layer.
    message : str
        What was found.
    fix : str
        What to do.
    """

    rule: str
    severity: Severity
    layer: str
    feature: str
    message: str
    fix: str

    def complaint(self) -> Complaint:
        """Write the finding as a complaint.

        Returns
        -------
        Complaint
            Place, what was found, remedy.
        """
        feature = f" {self.feature}" if self.feature else ""
        return Complaint(f"{self.rule} {self.layer}{feature}", self.message, self.fix)


class Findings:
    """A book of findings, at most a dozen of a rule and layer one by one, the rest counted."""

    def __init__(self) -> None:
        self._found: list[Finding] = []
        self._counts: dict[tuple[str, str], int] = {}

    def add(self, rule: str, layer: str, feature: object, message: str, fix: str | None = None) -> None:
        """Write down one finding.

        Parameters
        ----------
        rule : str
            Number in `RULES`.
        layer : str
            Layer it was found in.
        feature : object
            Feature, row or file; '' for the whole layer.
        message : str
            What was found.
        fix : str, optional
            Remedy; the rule's own when absent.
        """
        key = (rule, layer)
        self._counts[key] = self._counts.get(key, 0) + 1
        if self._counts[key] <= MOST_PER_RULE:
            known = RULES[rule]
            self._found.append(
                Finding(rule, known.severity, layer, str(feature), message, known.fix if fix is None else fix)
            )

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.sorted())

    def has_errors(self, layers: Iterable[str] | None = None) -> bool:
        """Tell whether an error was found.

        Parameters
        ----------
        layers : iterable of str, optional
            Only look at these layers.

        Returns
        -------
        bool
            True with at least one error.
        """
        wanted = None if layers is None else set(layers)
        return any(item.severity == "error" and (wanted is None or item.layer in wanted) for item in self._found)

    def warnings(self) -> tuple[str, ...]:
        """Sum up the warnings, one sentence for each rule and layer.

        Returns
        -------
        tuple of str
            The first finding in full, the others counted.
        """
        first = {(item.rule, item.layer): item for item in reversed(self._found) if item.severity == "warning"}
        sentences = []
        for key in sorted(first):
            item, more = first[key], self._counts[key] - 1
            feature = f" {item.feature}" if item.feature else ""
            others = f"; and {more} more like this" if more else ""
            sentences.append(f"{item.layer}{feature}: {item.message}{others} ({item.rule}).")
        return tuple(sentences)

    def sorted(self) -> list[Finding]:
        """List the findings, errors first, then by rule, in order of discovery.

        Returns
        -------
        list of Finding
            With one closing line for each rule and layer that has more than a dozen.
        """
        more = [
            Finding(
                rule,
                RULES[rule].severity,
                layer,
                "",
                f"and {count - MOST_PER_RULE} more like this",
                RULES[rule].fix,
            )
            for (rule, layer), count in self._counts.items()
            if count > MOST_PER_RULE
        ]
        rank = {"error": 0, "warning": 1, "info": 2}
        return sorted([*self._found, *more], key=lambda item: (rank[item.severity], item.rule, item.layer))
