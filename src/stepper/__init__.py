"""Draws what a loop did, step by step, from a trace: plain data.

``stepper.sphinx`` gives Sphinx the directive ``stepper``, and
``stepper.report`` makes a page of its own of a trace.
"""
