"""The protocol of a propagation model: what it is asked, what it answers, and the range it answers for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from planner.errors import Complaint, DataError, ModelRangeError

Polarisation = Literal["vertical", "horizontal"]
Environment = Literal["water", "open", "suburban", "urban", "dense_urban", "trees"]
INLAND = 4  # ITU-R P.1812 radio-climatic zones: 1 sea, 3 coastal land, 4 inland


@dataclass(frozen=True)
class Range:
    """Limits of one parameter: outside them a model refuses, outside the stated range it warns.

    Attributes
    ----------
    name : str
        Parameter, as the model's function calls it.
    unit : str
        Unit; empty for a plain number.
    low : float
        Least value that is answered.
    high : float
        Greatest value that is answered.
    stated_low : float or None
        Least value the source states; None: `low`.
    stated_high : float or None
        Greatest value the source states; None: `high`.
    open_ended : bool
        True where `low` and `high` themselves are refused.
    """

    name: str
    unit: str
    low: float
    high: float
    stated_low: float | None = None
    stated_high: float | None = None
    open_ended: bool = False

    @property
    def stated(self) -> tuple[float, float]:
        """The range the source states.

        Returns
        -------
        tuple of float
            Least and greatest value.
        """
        low = self.low if self.stated_low is None else self.stated_low
        high = self.high if self.stated_high is None else self.stated_high
        return low, high

    def __str__(self) -> str:
        low, high = self.stated
        return f"{low:g} to {high:g} {self.unit}".rstrip()

    def refuses(self, value: float) -> bool:
        """Whether a value is refused.

        Parameters
        ----------
        value : float
            Value in `unit`.

        Returns
        -------
        bool
            True outside the limits and for NaN.
        """
        inside = self.low < value < self.high if self.open_ended else self.low <= value <= self.high
        return not inside or not math.isfinite(value)

    def doubts(self, value: float) -> bool:
        """Whether a value is answered with a warning.

        Parameters
        ----------
        value : float
            Value in `unit`.

        Returns
        -------
        bool
            True outside the stated range.
        """
        low, high = self.stated
        return not low <= value <= high


@dataclass(frozen=True)
class ModelCard:
    """What a model is, who says so, what it needs and what it answers for.

    Attributes
    ----------
    name : str
        Name in scenarios and on the command line.
    title : str
        What it is.
    source : str
        Recommendation or report, with its edition.
    gives : str
        Quantity it returns, with unit.
    needs : tuple of str
        Inputs besides the parameters of `ranges`.
    ranges : tuple of Range
        Parameters with their limits.
    notes : str
        What to know before using it.
    """

    name: str
    title: str
    source: str
    gives: str
    needs: tuple[str, ...]
    ranges: tuple[Range, ...]
    notes: str = ""

    def check(self, values: Mapping[str, float]) -> tuple[str, ...]:
        """Compare values with the ranges.

        Parameters
        ----------
        values : mapping of str to float
            Parameter name to value; names without a range are not checked.

        Returns
        -------
        tuple of str
            Warnings: values that are answered outside the stated range.

        Raises
        ------
        ModelRangeError
            Naming every refused parameter with its value, its range and the source.
        """
        complaints = []
        warnings = []
        for limits in self.ranges:
            if limits.name not in values:
                continue
            value = float(values[limits.name])
            if limits.refuses(value):
                bounds = f"{limits.low:g} to {limits.high:g} {limits.unit}".rstrip()
                ends = ", ends excluded" if limits.open_ended else ""
                complaints.append(
                    Complaint(
                        f"{self.name}: {limits.name}",
                        f"{value:g} {limits.unit}".rstrip() + " is outside the model",
                        f"Use {bounds}{ends} ({self.source})",
                    )
                )
            elif limits.doubts(value):
                found = f"{value:g} {limits.unit}".rstrip()
                warnings.append(f"{self.name}: {limits.name} {found} is outside the stated {limits} ({self.source})")
        if complaints:
            raise ModelRangeError(f"{self.title} cannot answer", complaints)
        return tuple(warnings)


@dataclass(frozen=True)
class Addition:
    """A model of what comes on top of a path's loss: a building, clutter at a terminal, the air.

    Attributes
    ----------
    card : ModelCard
        What it is and answers for.
    evaluate : callable
        Computes it from the parameters the card ranges, by their names; refuses with ModelRangeError.
    """

    card: ModelCard
    evaluate: Callable[..., float | tuple[float, float]]


@dataclass(frozen=True)
class Profile:
    """What lies between two antennas, sampled from the transmitter to the receiver.

    Attributes
    ----------
    distance_km : ndarray of float64, shape (n,)
        Distances from the transmitter, km, rising from 0.
    terrain_asl_m : ndarray of float64, shape (n,)
        Ground heights, m above sea level.
    clutter_height_m : ndarray of float64, shape (n,)
        Representative clutter heights above ground, m.
    zone : ndarray of uint8, shape (n,)
        Radio-climatic zones of ITU-R P.1812: 1 sea, 3 coastal land, 4 inland.
    """

    distance_km: NDArray[np.float64]
    terrain_asl_m: NDArray[np.float64]
    clutter_height_m: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    zone: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))

    def __post_init__(self) -> None:
        n = len(self.distance_km)
        if len(self.clutter_height_m) == 0:
            object.__setattr__(self, "clutter_height_m", np.zeros(n))
        if len(self.zone) == 0:
            object.__setattr__(self, "zone", np.full(n, INLAND, np.uint8))
        complaints = list(self._faults(n))
        if complaints:
            raise DataError("The path profile cannot be used", complaints)

    def _faults(self, n: int) -> list[Complaint]:
        """Everything that is wrong with the samples."""
        where = "profile"
        sizes = {len(self.terrain_asl_m), len(self.clutter_height_m), len(self.zone), n}
        if n < 2 or len(sizes) > 1:
            return [Complaint(where, f"arrays of {sorted(sizes)} samples", "Give equal arrays of 2 or more")]
        faults = []
        steps = np.diff(self.distance_km)
        if not np.all(np.isfinite(self.distance_km)) or self.distance_km[0] != 0.0 or np.any(steps <= 0.0):
            at = int(np.argmax(~(steps > 0.0)))
            found = f"distances start at {self.distance_km[0]:g} km and do not rise at sample {at + 1}"
            faults.append(Complaint(where, found, "Distances rise strictly from 0; the path has a length"))
        for name, values in (("terrain", self.terrain_asl_m), ("clutter", self.clutter_height_m)):
            missing = np.flatnonzero(~np.isfinite(values))
            if missing.size:
                first = int(missing[0])
                found = f"{missing.size} missing {name} samples, the first at {self.distance_km[first]:g} km"
                faults.append(Complaint(where, found, "Fill the gap in the terrain, or choose another path"))
        return faults

    @property
    def length_km(self) -> float:
        """Length of the path.

        Returns
        -------
        float
            Length, km.
        """
        return float(self.distance_km[-1])

    def even(self) -> tuple[NDArray[np.float64], float]:
        """Terrain at equal steps, as ITM and Hata need it.

        Returns
        -------
        tuple of ndarray and float
            Heights (m above sea level), interpolated where the samples are not even, and the step (m).
        """
        count = len(self.distance_km) - 1
        step_km = self.length_km / count
        even_km = np.arange(count + 1) * step_km
        heights = np.asarray(self.terrain_asl_m, np.float64)
        if np.max(np.abs(self.distance_km - even_km)) > 1e-3 * step_km:
            heights = np.interp(even_km, self.distance_km, heights)
        return np.ascontiguousarray(heights), step_km * 1000.0


@dataclass(frozen=True)
class Link:
    """One question to a path model: how much is lost between two antennas.

    Attributes
    ----------
    frequency_mhz : float
        Frequency, MHz.
    tx_height_agl_m : float
        Transmitting antenna, m above ground.
    rx_height_agl_m : float
        Receiving antenna, m above ground.
    distance_km : float
        Horizontal distance, km; with a profile, its length.
    profile : Profile or None
        What lies between; None for models that need none.
    polarisation : {'vertical', 'horizontal'}
        Polarisation.
    time_pct : float
        Share of time the loss is not exceeded, %.
    location_pct : float
        Share of locations the loss is not exceeded at, %.
    delta_n : float
        Refractivity lapse rate in the lowest kilometre, N-units/km.
    n0 : float
        Refractivity at sea level, N-units.
    latitude_deg : float
        Latitude of the path's middle, degrees.
    environment : str
        What stands around the receiver.
    location_sigma_db : float or None
        Standard deviation over locations, dB, for models that take one; None: the model's own.
    tx_coast_km, rx_coast_km : float or None
        Distances over land from the antennas to the coast along the path, km; None: as the profile's zones say.
    tx_gain_dbi, rx_gain_dbi : float
        Antenna gains towards the horizon, dBi, for the troposcatter of P.452.
    pressure_hpa, temperature_c : float
        Air pressure of the dry air (hPa) and temperature (degrees Celsius), for the gases of P.452.
    """

    frequency_mhz: float
    tx_height_agl_m: float
    rx_height_agl_m: float
    distance_km: float
    profile: Profile | None = None
    polarisation: Polarisation = "vertical"
    time_pct: float = 50.0
    location_pct: float = 50.0
    delta_n: float = 45.0
    n0: float = 325.0
    latitude_deg: float = 21.0
    environment: Environment = "open"
    location_sigma_db: float | None = None
    tx_coast_km: float | None = None
    rx_coast_km: float | None = None
    tx_gain_dbi: float = 0.0
    rx_gain_dbi: float = 0.0
    pressure_hpa: float = 1013.25
    temperature_c: float = 15.0

    def __post_init__(self) -> None:
        if not self.distance_km > 0.0 or not math.isfinite(self.distance_km):
            where, found = "link: distance_km", f"{self.distance_km:g} km"
            raise DataError("The link has no length", [Complaint(where, found, "Give a path longer than zero")])
        if self.profile is not None and abs(self.profile.length_km - self.distance_km) > 1e-6:
            found = f"{self.distance_km:g} km beside a profile of {self.profile.length_km:g} km"
            raise DataError("The link contradicts its profile", [Complaint("link", found, "Give the same length")])

    @property
    def needed_profile(self) -> Profile:
        """The profile, for models that cannot do without.

        Returns
        -------
        Profile
            The profile.

        Raises
        ------
        DataError
            Where the link has none.
        """
        if self.profile is None:
            complaint = Complaint("link: profile", "none given", "Sample the terrain between the antennas")
            raise DataError("The model needs a terrain profile", [complaint])
        return self.profile


@dataclass(frozen=True)
class Loss:
    """A path model's answer.

    Attributes
    ----------
    loss_db : float
        Basic transmission loss, dB.
    warnings : tuple of str
        Values outside the range the source states, and doubts the model itself has.
    intermediates : mapping of str to float
        Name with unit and equation number, to value.
    """

    loss_db: float
    warnings: tuple[str, ...] = ()
    intermediates: Mapping[str, float] = field(default_factory=dict)


class PathModel(Protocol):
    """A model of the loss between two antennas."""

    @property
    def card(self) -> ModelCard:
        """What the model is and answers for.

        Returns
        -------
        ModelCard
            The card.
        """
        ...

    def loss(self, link: Link) -> Loss:
        """Predict the loss of a link.

        Parameters
        ----------
        link : Link
            The question.

        Returns
        -------
        Loss
            The answer.

        Raises
        ------
        ModelRangeError
            Outside the model's range.
        """
        ...
