"""Evaluation: folds, scores and statistics, shared by climbs and races."""
