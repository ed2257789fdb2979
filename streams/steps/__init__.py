"""The pure steps of the pipeline; `streams.pipeline` puts them in order."""
