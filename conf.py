"""How Sphinx builds the site: `tox -e docs`."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "src"))

project = "Asyncio behind the Scenes"
extensions = ["literate.sphinx", "speed.sphinx", "stepper.sphinx"]
templates_path = ["docs/_templates"]
exclude_patterns = ["_build", "_templates"]
nitpicky = True
weave = ["bench", "src/behind", "src/literate", "src/sketches", "src/speed"]
weave += ["src/stepper"]
weave_link = os.environ.get("SOURCE_LINK", "")  # set where it is published

html_theme = "furo"
html_title = project
html_static_path = ["docs/_static"]
html_css_files = ["behind.css"]
html_js_files = [("copy.js", {"defer": "defer"})]
html_show_copyright = False
html_copy_source = False
html_use_index = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
