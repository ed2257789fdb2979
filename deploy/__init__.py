"""How THERMALIQ is put to work: image, compose, Grafana, Prometheus, and native services for tests."""
