"""Who lives on the embedded cluster and what they do: teams, their repositories, their successes and mishaps.

How Flux answers is gyre.demo.life's; the places things come from are gyre.demo.outside's.
"""
