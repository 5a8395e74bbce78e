"""Physical constants and conversion factors, each with its source."""

from __future__ import annotations

SPEED_OF_LIGHT_M_S = 299_792_458.0  # SI definition, 2019
EARTH_RADIUS_KM = 6371.0  # mean radius, ITU-R P.1812-8 and P.452-18
BOLTZMANN_DBM_HZ_290K = -173.975  # k*290 K in dBm/Hz; k = 1.380649e-23 J/K (SI)
DBD_TO_DBI_DB = 2.15  # gain of the half-wave dipole over the isotropic radiator
EXIT_OK = 0
EXIT_MISSED = 1  # a bar was missed
EXIT_BAD_INPUT = 2
