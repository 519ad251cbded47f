"""What is said and shown of a result: sentences and view models, once for terminal, page, lab."""
