"""Rigorous bounds: functions as text, enclosures of functions and networks, branch and bound."""
