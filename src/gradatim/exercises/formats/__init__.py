"""Writers of an exam, a format a module; see `gradatim.exercises.formats.registry`."""
