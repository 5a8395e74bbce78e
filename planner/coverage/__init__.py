"""Who is served where and how well: masts to rasters to residential areas, white zones and their causes."""
