"""A page of its own for one trace."""
from html import escape
from pathlib import Path
from typing import Any
from stepper.figure import Figure
from stepper.transcript import Transcript

STATIC = Path(__file__).parent / "static"

def stepper(trace, prefix, source):
    name = trace["program"]
    return f'''<loop-stepper>
<div class="loop-source">{source}</div>
<div class="loop-drawn">{Figure(trace).svg("what the loop did; the same stands below in words")}</div>
<details class="loop-words"><summary>In words</summary>
{Transcript(trace, prefix).html()}</details>
</loop-stepper>'''
def lined(source, prefix):
    return "<pre>" + "".join(f'<span id="{prefix}-{n}">{escape(l)}\n</span>' for n,l in enumerate(source.splitlines(),1)) + "</pre>"
