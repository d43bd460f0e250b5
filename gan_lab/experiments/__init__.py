"""Measured demonstrations: small, bounded trainings whose outcome a slide claims. Labs, pages and tests share them.

Each is a plain function of a few numbers and a seed; each trains through the core's own phases and never longer than
it says. Nothing here is needed by a training.
"""
