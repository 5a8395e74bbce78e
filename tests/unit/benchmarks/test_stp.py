"""Reading PACE and SteinLib files, and what malformed ones are told."""

from __future__ import annotations

import gzip
import lzma

import numpy as np
import pytest

from benchmarks.instances.stp import read_instance
from planner.errors import DataError

GOOD = """33D32945 STP File, STP Format Version 1.0
SECTION Comment
Name "three nodes"
END
SECTION Graph
Nodes 3
Edges 2
E 1 2 1.5
E 2 3 2
END
SECTION Terminals
Terminals 2
T 1
T 3
END
EOF
"""


@pytest.mark.parametrize("suffix", ["", ".gz", ".xz"])
def test_plain_and_compressed_files_are_the_same(tmp_path, suffix):
    path = tmp_path / f"three.stp{suffix}"
    pack = {"": bytes, ".gz": gzip.compress, ".xz": lzma.compress}[suffix]
    path.write_bytes(pack(GOOD.encode()))
    instance = read_instance(path)
    assert instance.network.cost.tolist() == [1.5, 2.0]
    assert instance.terminals == [0, 2]
    assert instance.root is None


def test_sections_in_any_order_comments_and_foreign_line_ends(tmp_path):
    """Terminals may stand before the graph, in small letters, with comments, from another system."""
    head, rest = GOOD.split("SECTION Graph")
    graph, terminals = rest.split("SECTION Terminals")
    turned = (
        f"{head}section terminals{terminals.removesuffix('EOF' + chr(10))}# a comment{chr(10)}section graph{graph}EOF"
    )
    path = tmp_path / "turned.stp"
    path.write_bytes(turned.replace("\n", "\r\n").replace("E 1", "e 1").encode())
    instance = read_instance(path)
    assert instance.network.cost.tolist() == [1.5, 2.0]
    assert instance.terminals == [0, 2]
    path.write_text(turned.replace("T 3", "T 4"))
    with pytest.raises(DataError, match=r"line 8: node 4; nodes are 1 to 3"):
        read_instance(path)


def test_prizes_and_root(tmp_path):
    path = tmp_path / "prizes.stp"
    path.write_text(GOOD.replace("T 1\nT 3", "RootP 1\nTP 3 7.25"))
    instance = read_instance(path)
    assert instance.root == 0
    assert np.array_equal(instance.prizes, [0.0, 0.0, 7.25])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("E 2 3 2", "E 2 4 2", r"line 9: node 4; nodes are 1 to 3"),
        ("E 2 3 2", "E 2 3 -2", r"line 9: -2.0; costs"),
        ("E 2 3 2", "E 2 3 nan", r"line 9: nan; costs"),
        ("E 2 3 2", "E 2 3", r"line 9: .*word 4 must be a number"),
        ("E 2 3 2", "E 2 x 2", r"line 9: .*word 3 must be a whole number"),
        ("E 2 3 2", "A 2 3 2", r"line 9: arcs"),
        ("E 2 3 2", "Q 2 3 2", r"line 9: 'Q 2 3 2' is no line"),
        ("E 2 3 2\n", "", r"2 edges are announced, 1 found; the file is truncated"),
        ("T 3\n", "", r"2 terminals are announced, 1 found"),
        ("Nodes 3\n", "", r"line 7: node 1; nodes are 1 to -1|no graph section"),
    ],
)
def test_malformed_files_are_told_where(tmp_path, old, new, told):
    path = tmp_path / "bad.stp"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(DataError, match=told):
        read_instance(path)


@pytest.mark.parametrize("content", [b"", b"no instance at all\n"])
def test_files_that_are_no_instance(tmp_path, content):
    path = tmp_path / "empty.gr"
    path.write_bytes(content)
    with pytest.raises(DataError, match="no graph section"):
        read_instance(path)


def test_damaged_compression_and_missing_file(tmp_path):
    path = tmp_path / "cut.stp.xz"
    path.write_bytes(lzma.compress(GOOD.encode())[:-20])
    for wrong in (path, tmp_path / "absent.stp"):
        with pytest.raises(DataError, match="cannot be read"):
            read_instance(wrong)
