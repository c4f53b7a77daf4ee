"""Python runs this at the start of each program in a page's terminals."""

from literate.ports import follow_environment

follow_environment()
