"""Shows on a page what `bench` has measured.

``speed.sphinx`` gives Sphinx the directives ``measured``, ``aims`` and
``machines``.
"""
