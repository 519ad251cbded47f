from .collections import read_table as read_table
