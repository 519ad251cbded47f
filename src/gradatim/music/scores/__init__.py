"""Scores: MIDI, MusicXML, ABC and Humdrum become notes, and these become features.

Conventions: music21 reads the files, in processes of its own; everything after the notes is
computed here.
"""
