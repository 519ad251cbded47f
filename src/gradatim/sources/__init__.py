"""What the command line is told to read, by name or path; each ends as a collection."""
