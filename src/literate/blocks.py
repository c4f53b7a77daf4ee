"""The blocks of a page that run, in the order in which they are looked for."""

from literate.snippets import parse_doctests, parse_includes, parse_snippets
from literate.terminals import parse_terminals

# Doctests come last: a `>>>` within a directive's content is not one.
PARSERS = (parse_includes, parse_snippets, parse_terminals, parse_doctests)
