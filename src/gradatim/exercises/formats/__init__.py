"""Writers of an exam, one format per module; see `gradatim.exercises.formats.registry`."""
