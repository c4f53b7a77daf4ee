"""How Sphinx builds the site: `tox -e docs`."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "src"), str(HERE)]

project = "Asyncio behind the Scenes"
version = "0.1"
extensions = [
    "literate.sphinx",
    "website.measured",
    "website.stepper",
    "website.sphinx",
]
templates_path = ["docs/_templates"]
exclude_patterns = ["_build", "_templates"]
nitpicky = True
weave = ["bench", "src"]

# These three are set where the site is published.
html_baseurl = os.environ.get("SITE_URL", "")
weave_link = os.environ.get("SOURCE_LINK", "")
edit_link = os.environ.get("EDIT_LINK", "")

epub_basename = "behind"
epub_author = epub_publisher = f"The authors of {project}"
epub_copyright = "MIT License"
epub_css_files = ["book.css"]
epub_exclude_files = [
    f"_static/{path.name}"
    for folder in ("docs/_static", "src/*/static")
    for path in HERE.glob(f"{folder}/*")
    if path.name != "book.css"
]
epub_show_urls = "no"

html_theme = "furo"
html_title = project
html_favicon = "docs/_static/favicon.svg"
html_theme_options = {
    "source_edit_link": edit_link.replace("{path}", "docs/{filename}"),
}
html_static_path = ["docs/_static"]
html_css_files = ["behind.css"]
html_show_copyright = False
html_copy_source = False
html_use_index = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
