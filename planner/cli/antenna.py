"""`planner antenna`: what an antenna file says, as figures and as a picture of its cuts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.console import err, guarded, out, print_json

if TYPE_CHECKING:
    from planner.domain.antenna import AntennaCuts


@guarded
def antenna(
    file: Annotated[Path, typer.Argument(help="MSI/Planet file (.msi, .pln).", show_default=False)],
    picture: Annotated[
        Path | None, typer.Option("--out", help="PNG to write; the file's name with .png when absent.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")] = False,
) -> None:
    """Plot both cuts of an antenna file and print gain, widths and front-to-back ratio."""
    from dataclasses import asdict

    from planner.data.antenna_files import read_antenna
    from planner.radio.antennas import cut_figures

    cuts = read_antenna(file)
    figures = cut_figures(cuts)
    target = picture or Path(file.with_suffix(".png").name)
    _plot(cuts, target)
    if as_json:
        frequency = cuts.frequency_mhz if cuts.frequency_mhz == cuts.frequency_mhz else None
        stated = {"name": cuts.name, "frequency_mhz": frequency, "electrical_tilt_deg": cuts.electrical_tilt_deg}
        print_json({**stated, **asdict(figures), "notes": list(cuts.notes), "picture": str(target)})
        return
    console = out()
    console.print(cuts.name, style="bold", markup=False)
    for label, value in (
        ("gain", f"{figures.gain_dbi:.2f} dBi"),
        ("horizontal 3 dB width", f"{figures.horizontal_width_deg:.1f} degrees"),
        ("vertical 3 dB width", f"{figures.vertical_width_deg:.1f} degrees"),
        ("front to back", f"{figures.front_to_back_db:.1f} dB"),
        ("vertical maximum", f"{figures.tilt_deg:.0f} degrees below the horizon"),
        ("electrical tilt stated", f"{cuts.electrical_tilt_deg:g} degrees"),
    ):
        console.print(f"{label}: {value}")
    for note in cuts.notes:
        err().print(f"note: {note}", style="yellow", markup=False)
    console.print(f"cuts drawn in {target}", markup=False)


def _plot(cuts: AntennaCuts, target: Path) -> None:
    """Draw both cuts as polar diagrams of attenuation."""
    import matplotlib as mpl
    import numpy as np

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    from planner.errors import Complaint, DataError

    figure, axes = plt.subplots(1, 2, figsize=(11, 5.5), subplot_kw={"projection": "polar"})
    angle = np.radians(np.arange(361))
    floor_db = 40.0
    for axis, values, title in (
        (axes[0], cuts.horizontal_db, "Horizontal cut: azimuth clockwise from boresight"),
        (axes[1], cuts.vertical_db, "Vertical cut: degrees below the horizon ahead"),
    ):
        axis.plot(angle, -np.minimum(np.append(values, values[0]), floor_db), color="#1b6ca8")
        axis.set_rlim(-floor_db, 0.0)
        axis.set_theta_direction(-1)
        axis.set_theta_zero_location("N" if axis is axes[0] else "E")
        axis.set_title(title, fontsize=10)
    figure.suptitle(f"{cuts.name}: {cuts.gain_dbi:.2f} dBi; rings in dB below the maximum")
    try:
        figure.savefig(target, dpi=120)
    except OSError as error:
        complaint = Complaint(
            str(target), error.strerror or str(error), "Name a picture in a folder that can be written."
        )
        raise DataError("The picture cannot be written", [complaint]) from error
    finally:
        plt.close(figure)
