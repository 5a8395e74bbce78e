"""What people and programs read: tables, maps, rasters, pictures, the report; written aside, then moved into place."""
