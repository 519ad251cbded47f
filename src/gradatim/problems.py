"""Small problems of the lecture, each with a statement of what it takes to solve it.

Conventions: a problem draws its samples from a seed.
"""
