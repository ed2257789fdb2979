"""The dashboards, made by typed builders; `python -m deploy.grafana.build` writes their files."""
