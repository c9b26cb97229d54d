"""The database rows, without rules.

Only the rooms named in pyproject.toml's import contract touch them.
"""
