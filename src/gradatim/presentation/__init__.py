"""What is said and shown of a result: sentences, tables of text and pictures, for every reader.

Conventions: a function takes results and returns lines of text or a figure. It reads nothing, asks
nothing and prints nothing, so terminal, page and lab say the same.
"""
