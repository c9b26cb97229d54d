"""The types of the GraphQL face, each described where it is declared.

Where their values come from and who may see them is resolvers'; nothing here asks or decides.
"""
