"""The `gyre` command: its words, its questions and what it prints.

What a command does is its room's; a room is imported only when a command needs it, so that each starts at once.
"""

from gyre.cli.commands import main

__all__ = ["main"]
