"""The keys, and what is signed and encrypted with them.

Where a key comes from is a setting; what is encrypted is the caller's matter.
"""
