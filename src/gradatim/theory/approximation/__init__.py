"""Shallow networks built for a function: knots on a line, ridges in a plane."""
