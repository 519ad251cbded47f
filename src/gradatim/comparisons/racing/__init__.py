"""Races: contenders of equal size on the same points, over many seeds.

Conventions: see `gradatim.comparisons.racing.run`.
"""
