"""Descriptions → Plotly figures as plain data: what a page's script draws."""
