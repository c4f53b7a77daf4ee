"""This site alone: what it says of itself, and how it looks.

The rules: this may import any package, and none imports it. What it says is
counted or drawn when the site is built, and a page shows the function that does
it. Each module has a ``setup``, which ``website.sphinx`` calls; ``measured`` and
``stepper`` are extensions of their own, for they can do without the rest.
"""
