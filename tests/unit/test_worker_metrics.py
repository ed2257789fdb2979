"""What a worker and the certificates tell Prometheus."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from prometheus_client import CollectorRegistry, generate_latest

from streams.events import StreamEvents
from tests.exported_metrics import END, Pipe, boiler_owner
from tests.oracle.bench import PARTITION
from thermaliq.certificates import CertificateMetrics, certificate_files, expiry_s
from thermaliq.settings import read_settings
from thermaliq.worker_metrics import WorkerMetrics

END_OF_VALIDITY = datetime(2030, 1, 31, tzinfo=UTC)


def certificate(ends: datetime) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "boiler plc")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(ends - timedelta(days=365)).not_valid_after(ends)
    return builder.sign(key, hashes.SHA256())


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def test_consumer_lag_is_what_the_log_holds_beyond_the_next_offset(registry: CollectorRegistry) -> None:
    owner = boiler_owner(Pipe(), StreamEvents(registry))
    WorkerMetrics(owner, registry)
    lag = registry.get_sample_value("thermaliq_consumer_lag_records", {"partition": str(PARTITION)})
    assert lag == END - owner.owned[PARTITION].next_offset


def test_a_log_that_has_told_no_end_gives_no_lag(registry: CollectorRegistry) -> None:
    WorkerMetrics(boiler_owner(Pipe(None), StreamEvents(registry)), registry)
    assert b"thermaliq_consumer_lag_records{" not in generate_latest(registry)


def test_watermark_lag_is_from_event_time_to_arrival(registry: CollectorRegistry) -> None:
    """Heard of until 20 s with a lateness of 5 s, in a record that arrived at 45 s."""
    WorkerMetrics(boiler_owner(Pipe(), StreamEvents(registry)), registry)
    assert registry.get_sample_value("thermaliq_watermark_lag_seconds", {"type": "toy"}) == 30.0


def test_alarms_are_counted_by_state(registry: CollectorRegistry) -> None:
    WorkerMetrics(boiler_owner(Pipe(), StreamEvents(registry)), registry)
    assert registry.get_sample_value("thermaliq_alarms", {"state": "unacknowledged", "priority": "high"}) == 1


def test_a_partition_that_is_lost_is_told_no_more(registry: CollectorRegistry) -> None:
    owner = boiler_owner(Pipe(), StreamEvents(registry))
    WorkerMetrics(owner, registry)
    owner.owned.clear()
    owner.pipeline.revoke(PARTITION)
    told = generate_latest(registry)
    assert b"thermaliq_alarms{" not in told
    assert b"thermaliq_watermark_lag_seconds{" not in told


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_a_certificate_tells_when_it_ends(encoding: Encoding, tmp_path: Path, registry: CollectorRegistry) -> None:
    file = tmp_path / "own"
    file.write_bytes(certificate(END_OF_VALIDITY).public_bytes(encoding))
    CertificateMetrics({"mill.dcs.certificate": file}, registry)
    told = registry.get_sample_value("thermaliq_certificate_expiry_timestamp_seconds", {"use": "mill.dcs.certificate"})
    assert told == END_OF_VALIDITY.timestamp()


def test_of_a_chain_the_first_end_counts(tmp_path: Path) -> None:
    file = tmp_path / "chain.pem"
    ends = (END_OF_VALIDITY + timedelta(days=9), END_OF_VALIDITY)
    file.write_bytes(b"".join(certificate(end).public_bytes(Encoding.PEM) for end in ends))
    assert expiry_s(file) == END_OF_VALIDITY.timestamp()


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n"])
def test_a_certificate_that_cannot_be_read_has_ended(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "own.pem"
    if content is not None:
        file.write_bytes(content)
    assert expiry_s(file) == 0.0


def test_certificates_of_every_setting_are_found() -> None:
    variables = {
        "THERMALIQ_KAFKA_SECURITY": "protocol=SSL,ca_file=/pki/kafka.pem,certificate=/pki/own.pem",
        "THERMALIQ_DATABASE_URL": "postgresql://a@b/c?sslmode=verify-full&sslrootcert=/pki/db.pem",
    }
    found = certificate_files(read_settings(variables, lambda _path: "x"), [])
    assert {use: str(file) for use, file in found.items()} == {
        "kafka.ca_file": "/pki/kafka.pem",
        "kafka.certificate": "/pki/own.pem",
        "database.sslrootcert": "/pki/db.pem",
    }
