"""asyncio rebuilt: `behind.X` has the name and signature of `asyncio.X`."""
