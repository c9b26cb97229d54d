"""The change feed: numbered, bounded, behind broadcaster's small door.

What a change is about and who may see it is not known here.
"""
