"""Tasks that are cancelled."""

from parts import Part
from parts.tasks import PART as TASKS

PART = Part(
    modules=TASKS.modules,
    select=r"test_(tasks|eager\w+)\.Behind.*cancel|^test_(timeouts|taskgroups)",
    put_in=TASKS.put_in,
)
