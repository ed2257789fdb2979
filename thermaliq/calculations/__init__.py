"""A calculation on demand: its canonical body, the worker processes, the cache, the store. No HTTP."""
