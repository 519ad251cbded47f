"""The topics, one module each, in the order of the lecture.

Conventions: a maker takes a random generator and a level from 1 to 3 and returns a `Question`, or
None where the numbers it drew do not make a good one; see `gradatim.exercises.topics.registry`.
"""
