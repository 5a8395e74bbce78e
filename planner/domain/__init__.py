"""The nouns as frozen data: grid, province, coverage, plan, programme. No files, no solvers."""
