"""`pytest --sybil` runs the pages; `pytest` alone leaves them out."""

pytest_plugins = ["literate.plugin", "stepper.plugin"]
