"""Ties pages to code: Sphinx shows what Sybil runs.

``literate.plugin`` gives pytest the option ``--sybil``; ``literate.sphinx``
gives Sphinx the directives ``terminal`` and ``output``. Neither knows what
the pages are about.
"""
