"""The HTTP service: routers one a noun, problems, the live socket and the operator's page."""
