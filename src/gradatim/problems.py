"""Small problems of the lecture, each with a statement of what it takes to solve it."""
