"""Tests only: the plain, slow, independent computation of windows, and what drives the pipeline beside it."""
