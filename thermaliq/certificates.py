"""Until when the certificates hold that settings and site files name, as Prometheus is told at each scrape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from schemas.site import Site
from thermaliq.settings import Settings

OPTIONS: Final = ("ca_file", "certificate", "server_certificate")
URL_PARAMETERS: Final = ("sslrootcert", "sslcert", "ssl_ca_certs", "ssl_certfile")
UNREADABLE_S: Final = 0.0
"""A certificate that cannot be read counts as one that has ended long ago."""


class CertificateMetrics(Collector):
    """`thermaliq_certificate_expiry_timestamp_seconds{use}`: the first end of validity in each file."""

    def __init__(self, files: Mapping[str, Path], registry: CollectorRegistry) -> None:
        """`files` : what a file is for → where it lies."""
        self._files = files
        registry.register(self)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """At each scrape: files are renewed while we run."""
        family = GaugeMetricFamily(
            "thermaliq_certificate_expiry_timestamp_seconds", "When a certificate ends; 0: unreadable", labels=["use"]
        )
        for use, file in self._files.items():
            family.add_metric([use], expiry_s(file))
        return (family,)


def expiry_s(file: Path) -> float:
    """When the first of a file's certificates (PEM or DER) ends, epoch seconds."""
    try:
        raw = file.read_bytes()
        found = x509.load_pem_x509_certificates(raw) if b"-----BEGIN" in raw else [x509.load_der_x509_certificate(raw)]
    except (OSError, ValueError):
        return UNREADABLE_S
    return min(certificate.not_valid_after_utc.timestamp() for certificate in found)


def certificate_files(settings: Settings, sites: Sequence[Site]) -> dict[str, Path]:
    """Every certificate file that is named, by its use: `kafka.ca_file`, `mill.dcs.certificate`."""
    return {use: Path(file) for use, file in _named(settings, sites) if file is not None}


def _named(settings: Settings, sites: Sequence[Site]) -> Iterator[tuple[str, str | Path | None]]:
    for option in OPTIONS:
        yield f"kafka.{option}", getattr(settings.kafka_security, option, None)
    urls = {"database": settings.database_url, "read": settings.database_read_url, "redis": settings.redis_url}
    for name, url in urls.items():
        parameters = parse_qs(urlsplit(url or "").query)
        for parameter in URL_PARAMETERS:
            for file in parameters.get(parameter, ()):
                yield f"{name}.{parameter}", file
    for site in sites:
        for source in site.sources:
            for option in OPTIONS:
                yield f"{site.id}.{source.name}.{option}", getattr(source.options, option, None)
