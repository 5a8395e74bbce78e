"""Readers of public covering instances: whole files, truncated files, files with nonsense."""

from __future__ import annotations

import argparse
import lzma
from pathlib import Path

import numpy as np
import pytest

from benchmarks.instances import mclp, scp
from benchmarks.instances.cover_files import read_places, read_set_cover
from planner.errors import DataError
from planner.optimise.covering import Stop, solve_max_cover, solve_set_cover

BY_ROWS = "3 4\n1 2 3 4\n2\n1 2\n1\n3\n2\n2 4\n"
BY_COLUMNS = "3 4\n1 1 1\n2 2 1 3\n3 1 2\n4 1 3\n"


def test_both_formats_describe_the_same_matrix(tmp_path: Path) -> None:
    (tmp_path / "scpx.txt").write_text(BY_ROWS, encoding="utf-8")
    with lzma.open(tmp_path / "railx.rail.xz", "wt") as stream:
        stream.write(BY_COLUMNS)
    one, two = read_set_cover(tmp_path / "scpx.txt"), read_set_cover(tmp_path / "railx.rail.xz")
    assert one.n_rows == 3
    assert one.cost.tolist() == two.cost.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert one.indptr.tolist() == two.indptr.tolist() == [0, 1, 3, 4, 5]
    assert one.rows.tolist() == two.rows.tolist() == [0, 0, 2, 1, 2]
    assert solve_set_cover(one, Stop(5), np.random.default_rng(0)).value == 5.0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "ends within the number of rows"),
        ("3 4\n1 2 3", "line 2: the file ends within the costs"),
        ("3 4\n1 2 3 4\n2\n1 2\n1\n", "line 5: the file ends within row 2"),
        ("3 4\n1 2 x 4\n2\n1 2\n", "line 2: 'x' where a number is needed"),
        ("3 4\n1 2 3 4\n2\n1 9\n1\n3\n2\n2 4\n", "line 4: row 1 names something else than 1 to 4"),
        ("3 4\n1 0 3 4\n2\n1 2\n1\n3\n2\n2 4\n", "line 2: a cost is not positive"),
        ("3 4\n1 2 3 4\n2.5\n1 2\n", "line 3: the length of row 1 is 2.5"),
        (BY_ROWS + "7\n", "line 9: 1 numbers too many"),
        ("-3 4\n", "line 1: the number of rows is -3"),
    ],
)
def test_malformed_set_covering_files_name_the_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "scpbad.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=told):
        read_set_cover(path)


def test_cut_compressed_file_and_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "scpcut.txt.xz"
    path.write_bytes(lzma.compress(BY_ROWS.encode())[:-20])
    for bad in (path, tmp_path / "none.txt"):
        with pytest.raises(DataError, match="cannot be read"):
            read_set_cover(bad)


def test_places_and_the_radius_itself(tmp_path: Path) -> None:
    path = tmp_path / "places.txt"
    path.write_text("2 3\nF 0 0 0 1\nF 1 10 0 1\nC 0 3 4 7\nC 1 10 5 2\nC 2 5.1 0 9\n", encoding="utf-8")
    problem = mclp.cover_problem(read_places(path), 5.0)
    assert problem.rows.tolist() == [0, 1, 2]
    result = solve_max_cover(problem, budget=1.0, stop=Stop(5), rng=np.random.default_rng(0))
    assert result.value == 11.0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2 2\n", "ends before the first place"),
        ("2 2\nF 0 0 0 1\nC 0 1 1 5\nC 1 1 1 5\n", "line 4: 1 lines F, 2 announced"),
        ("1 1\nF 0 0 0 1\nC 0 1 y 5\n", "line 3: numbers are needed"),
        ("1 1\nF 0 0 0 1\nC 0 1\n", "line 3: 'F id x y cost'"),
        ("3 9 p S\n1 1 5\n2 2 5\n", "line 3: 2 places, 3 announced"),
        ("2 9 p S\n1 1 5\n2 2\n", "line 3: 'x y demand' is needed"),
        ("1 1\nF 0 0 0 1\nC 0 1 1 -5\n", "negative"),
    ],
)
def test_malformed_places_name_the_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "bad.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=told):
        read_places(path)


def test_a_folder_is_solved_and_a_damaged_file_is_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "scpx.txt").write_text(BY_ROWS, encoding="utf-8")
    (tmp_path / "scpbad.txt").write_text("3 4\n1 2", encoding="utf-8")
    (tmp_path / "best_known.csv").write_text(
        "problem,family,instance,file,best_known\n"
        "scp,mine,scpx,scpx.txt,5\nscp,mine,scpnone,scpx.txt,\nscp,mine,scpbad,scpbad.txt,5\nsteiner,a,b,c,1\n",
        encoding="utf-8",
    )
    arguments = argparse.Namespace(instances=tmp_path, only=None, seconds=1.0, peers=True)
    rows, code = scp.solve(arguments)
    assert code == 2
    assert [row["instance"] for row in rows] == ["scpx", "scpbad"]
    assert rows[0]["value"] == rows[0]["bound"] == 5.0
    assert rows[0]["gap_to_best"] == rows[0]["gap_to_bound"] == 0.0
    assert rows[0]["stopped_by"] == "proved"
    assert rows[0]["peers"]["HiGHS alone"]["value"] == pytest.approx(5.0)
    assert rows[0]["peers"]["plain greedy"]["value"] >= 5.0
    assert "error" in rows[1]


def test_maximal_covering_rows(tmp_path: Path) -> None:
    (tmp_path / "places.txt").write_text("2 9 p S\n0 0 5\n9 9 2\n", encoding="utf-8")
    (tmp_path / "mclp_best_known.csv").write_text(
        "instance,file,p,radius,best_known\nX_a,places.txt,1,1.0,5\nX_b,places.txt,1,1.0,\n", encoding="utf-8"
    )
    arguments = argparse.Namespace(instances=tmp_path, only=None, seconds=1.0, peers=True)
    rows, code = mclp.solve(arguments)
    assert code == 0
    assert len(rows) == 1
    assert (rows[0]["family"], rows[0]["p"], rows[0]["radius"]) == ("X", 1, 1.0)
    assert rows[0]["value"] == rows[0]["bound"] == 5.0
    assert rows[0]["peers"]["HiGHS alone"]["value"] == pytest.approx(5.0)
