"""ITS Irregular Terrain Model 1.4 (Longley-Rice), point-to-point and area.

After Hufford, "The ITS Irregular Terrain Model, version 1.2.2: the Algorithm" (cited as [Alg]), with the
changes NTIA made up to version 1.4; the underlying methods are in NBS Technical Note 101 ([TN101]) and
Longley and Rice, ESSA ERL 79-ITS 67 ([ERL79]). Lengths in metres, angles in radians, as the algorithm has them.
"""
