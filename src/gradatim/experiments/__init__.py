"""Experiments: many networks trained, beside what a theorem says they can do.

Conventions: `theory` builds and proves, this part trains; both hand over `Network`s.
"""
