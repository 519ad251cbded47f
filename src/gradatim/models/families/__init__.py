"""Families of models, one class per rung of the ladder, simplest first."""
