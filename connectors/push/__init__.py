"""Readings that gateways push: checked and made SI, without a word of HTTP."""
