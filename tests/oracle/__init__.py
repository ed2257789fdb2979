"""The plain, slow, independent computation of windows, and the benches that drive the pipeline beside it. Tests only."""
