"""The database rows, without rules, and how the database that holds them is opened and brought up to date.

Only the rooms named in pyproject.toml's import contract touch them.
"""
