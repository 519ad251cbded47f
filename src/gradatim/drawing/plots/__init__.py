"""Plots of the lecture: activations with derivatives, boundaries, x-space beside z-space.

Conventions: every plot is a `matplotlib.figure.Figure` made without pyplot, so that it neither
opens a window nor becomes anybody's current figure; classes differ in color and in marker.
"""
