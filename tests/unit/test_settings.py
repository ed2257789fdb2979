"""Settings: defaults, secrets from files, and refusal of what is set and wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from schemas.errors import ConfigError
from thermaliq.settings import KafkaSecurity, Retention, Settings, is_loopback, read_settings

FILES = {
    "/run/db": "postgresql://thermaliq:hunter2@db/thermaliq\n",
    "/run/kafka": "hunter2\n",
    "/run/empty": "\n",
    "/etc/ca.pem": "",
}
DAY_US = 86_400_000_000


def read(**variables: str) -> Settings:
    return read_settings(prefixed(variables), read_file)


def wrong(**variables: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        read(**variables)
    assert raised.value.code == "config.setting"
    return [finding.key.removeprefix("THERMALIQ_") for finding in raised.value.findings]


def prefixed(variables: Mapping[str, str]) -> dict[str, str]:
    return {"PATH": "/bin", **{f"THERMALIQ_{name}": value for name, value in variables.items()}}


def read_file(path: str) -> str:
    try:
        return FILES[path]
    except KeyError:
        raise FileNotFoundError(2, "No such file or directory", path) from None


def test_an_empty_environment_has_the_published_defaults() -> None:
    settings = read()

    assert (settings.kafka, settings.topics.prefix, settings.group_id) == (
        "127.0.0.1:9092",
        "thermaliq.",
        "thermaliq.work",
    )
    assert (settings.partitions, settings.replication, settings.min_insync) == (12, 1, None)
    assert (settings.bind, settings.http_port, settings.metrics_port) == ("127.0.0.1", 8000, None)
    assert (settings.admin_port, settings.live_port, settings.rate_limit, settings.api_processes) == (
        8002,
        8003,
        200,
        1,
    )
    assert settings.retention == Retention(400 * DAY_US, 36525 * DAY_US // 10, 36525 * DAY_US // 100)
    assert settings.kafka_security == KafkaSecurity()
    assert (settings.database_url, settings.redis_url, settings.jwt, settings.sentry_dsn) == (None, None, None, None)
    assert (settings.log_level, settings.log_format, settings.trace_ratio) == ("info", "console", 0.1)
    assert settings.site == ()
    assert settings.warnings == ()


def test_an_empty_variable_is_unset() -> None:
    assert read(DATABASE_URL="", HTTP_PORT="", DATABASE_URL_FILE="") == read()


def test_a_secret_comes_from_the_first_line_of_a_file_and_is_not_shown() -> None:
    settings = read(DATABASE_URL_FILE="/run/db")

    assert settings.need_database_url() == "postgresql://thermaliq:hunter2@db/thermaliq"
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[
            ("KAFKA", "127.0.0.1"),
            ("KAFKA", "a:b"),
            ("TOPIC_PREFIX", "a b"),
            ("PARTITIONS", "0"),
            ("PARTITIONS", "twelve"),
        ],
        *[("REPLICATION", "-1"), ("MIN_INSYNC", "2"), ("DATABASE_URL", "mysql://h/d"), ("REDIS_URL", "127.0.0.1:6379")],
        *[("RETENTION", "readings=1month"), ("RETENTION", "reading=1d"), ("RETENTION", "points"), ("BIND", "localhst")],
        *[("HTTP_PORT", "65536"), ("METRICS_PORT", "x"), ("TRACE_RATIO", "1.5")],
        *[("RATE_LIMIT", "a lot"), ("TRUSTED_PROXIES", "10.0.0.0/33"), ("LOG_LEVEL", "verbose"), ("LOG_FORMAT", "xml")],
        *[("OTLP_ENDPOINT", "collector"), ("SENTRY_DSN", "x"), ("DATABASE_URL_FILE", "/run/none")],
        *[("DATABASE_URL_FILE", "/run/empty"), ("KAFKA_SECURITY", "protocol=SSLL"), ("KAFKA_SECURITY", "username=u")],
        *[
            ("KAFKA_SECURITY", "protocol=SASL_SSL,username=u"),
            ("KAFKA_SECURITY", "mechanism=PLAYN"),
            ("KAFKA_SECURITY", "ca_file=/run/none"),
        ],
    ],
)
def test_what_is_set_and_wrong_refuses_to_start(name: str, value: str) -> None:
    assert set(wrong(**{name: value})) == {name}


def test_every_wrong_setting_is_named_at_once() -> None:
    assert wrong(HTTP_PORT="x", LIVE_PORT="y", JWT_ISSUER="me") == [
        "HTTP_PORT",
        "LIVE_PORT",
        "JWT_AUDIENCE",
        "JWT_JWKS",
    ]


def test_a_value_and_its_file_together_are_refused() -> None:
    assert wrong(DATABASE_URL="postgresql://a/b", DATABASE_URL_FILE="/run/db") == ["DATABASE_URL"]


def test_no_secret_stands_in_a_finding() -> None:
    with pytest.raises(ConfigError) as raised:
        read(DATABASE_URL="mysql://me:hunter2@h/d", KAFKA_SECURITY="protocol=SASLSSL,password=hunter2")

    assert "hunter2" not in str(raised.value.findings)


def test_kafka_security_is_read_with_its_password_file() -> None:
    text = "protocol=SASL_SSL,mechanism=PLAIN,username=u,password_file=/run/kafka,ca_file=/etc/ca.pem"

    assert read(KAFKA_SECURITY=text).kafka_security == KafkaSecurity(
        "SASL_SSL", "PLAIN", "u", "hunter2", ca_file=Path("/etc/ca.pem")
    )


def test_one_part_of_the_retention_leaves_the_others() -> None:
    assert read(RETENTION="readings=30d").retention.readings_us == 30 * DAY_US
    assert read(RETENTION="readings=30d").retention.points_us == read().retention.points_us


def test_the_file_of_the_api_keys_may_be_made_later() -> None:
    assert read(API_KEYS_FILE="/run/keys.toml").api_keys_file == Path("/run/keys.toml")


def test_lists_and_sites_are_split() -> None:
    settings = read(
        SITE="a.toml:/etc/sites", CORS_ORIGINS="https://a, https://b", TRUSTED_PROXIES="10.0.0.1,10.1.0.0/16"
    )

    assert settings.site == (Path("a.toml"), Path("/etc/sites"))
    assert settings.cors_origins == ("https://a", "https://b")
    assert settings.trusted_proxies == ("10.0.0.1", "10.1.0.0/16")


def test_the_command_line_replaces_the_sites_of_the_environment() -> None:
    assert read(SITE="a.toml").need_sites(()) == (Path("a.toml"),)
    assert read(SITE="a.toml").need_sites((Path("b.toml"),)) == (Path("b.toml"),)


@pytest.mark.parametrize("name", ["SITE", "DATABASE_URL"])
def test_what_a_command_needs_and_is_unset_is_named(name: str) -> None:
    settings = read()

    with pytest.raises(ConfigError) as raised:
        settings.need_sites(()) if name == "SITE" else settings.need_database_url()

    assert [finding.key for finding in raised.value.findings] == [f"THERMALIQ_{name}"]


def test_a_rate_limit_is_switched_off_on_loopback_only() -> None:
    assert read(RATE_LIMIT="0").rate_limit == 0
    assert wrong(RATE_LIMIT="0", BIND="0.0.0.0") == ["RATE_LIMIT"]


@pytest.mark.parametrize(
    ("address", "loopback"), [("127.8.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)]
)
def test_loopback_is_what_this_machine_alone_reaches(address: str, loopback: bool) -> None:
    assert is_loopback(address) is loopback


def test_a_misspelt_variable_is_a_warning_that_names_the_setting() -> None:
    warnings = read(DATABSE_URL="postgresql://a/b", MQTT_URL="mqtt://127.0.0.1").warnings

    assert [finding.key for finding in warnings] == ["THERMALIQ_DATABSE_URL"]
    assert "`DATABASE_URL`" in warnings[0].fix
