"""The checksum notices what happens to files."""

from __future__ import annotations

import numpy as np

from planner.kernels.checksum import checksum

WORDS = np.random.default_rng(1).integers(0, 2**32, 5000, dtype=np.uint32)


def test_it_is_the_sum_it_says():
    odd = [(i * 0x9E3779B97F4A7C15 | 1) % 2**64 for i in range(WORDS.size)]
    wanted = (WORDS.size + sum(int(w) * m for w, m in zip(WORDS, odd, strict=True))) % 2**64
    assert int(checksum(WORDS)) == wanted


def test_any_flipped_bit_and_the_usual_damage_change_it():
    before = checksum(WORDS)
    for place in range(0, WORDS.size, 97):
        for bit in (0, 13, 31):
            damaged = WORDS.copy()
            damaged[place] ^= np.uint32(1 << bit)
            assert checksum(damaged) != before
    swapped, blank = WORDS.copy(), WORDS.copy()
    swapped[[10, 11]] = swapped[[11, 10]]
    blank[1024:2048] = 0
    for damaged in (swapped, blank, WORDS[:-1], np.append(WORDS, np.uint32(0)), np.roll(WORDS, 1)):
        assert checksum(damaged) != before
