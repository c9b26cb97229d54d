"""What one may ask and do: plain async functions that decide rights and return domain values.

Neither GraphQL nor HTTP is known here.
"""
