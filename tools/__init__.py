"""Generators of files of this repository: the API catalogue, the tables of the simulator's page.

Run from the root of the repository, as in `python -m tools.fidelity docs/simulator.md`; no part of
the package that users install.
"""
