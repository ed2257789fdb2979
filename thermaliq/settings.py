"""Every setting of the environment, read once at the start: what is unset stays off, what is wrong refuses to start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from schemas.errors import ConfigError, Finding
from schemas.site_findings import nearest
from schemas.topics import Topics
from thermaliq.environment import PREFIX, Environment

LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["console", "json"]
SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]

REDIS_SCHEMES = ("redis", "rediss", "unix", "redis+cluster", "rediss+cluster", "redis+sentinel", "rediss+sentinel")
RETENTION = {"readings": "400d", "points": "10y", "calculations": "1y"}
KAFKA_SECURITY_KEYS = (
    "protocol",
    "mechanism",
    "username",
    "password",
    "password_file",
    "ca_file",
    "certificate",
    "private_key",
)


@dataclass(frozen=True)
class KafkaSecurity:
    """How Kafka is spoken to; `protocol=SASL_SSL,mechanism=SCRAM-SHA-512,username=u,password_file=…,ca_file=…`."""

    protocol: SecurityProtocol = "PLAINTEXT"
    mechanism: str = "SCRAM-SHA-512"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    certificate: Path | None = None
    private_key: Path | None = None


@dataclass(frozen=True)
class Retention:
    """How long rows are kept."""

    readings_us: int
    points_us: int
    calculations_us: int


@dataclass(frozen=True)
class Jwt:
    """Who issues tokens, for whom, with which keys, and in which claims role and assets stand."""

    issuer: str
    audience: str
    jwks: str
    role_claim: str = "role"
    assets_claim: str = "assets"


@dataclass(frozen=True)
class Settings:
    """What the environment says. A value that may hold a secret is left out of `repr`."""

    site: tuple[Path, ...]
    kafka: str
    kafka_security: KafkaSecurity
    topics: Topics
    group_id: str
    partitions: int
    replication: int
    min_insync: int | None
    database_url: str | None = field(repr=False)
    database_read_url: str | None = field(repr=False)
    retention: Retention
    redis_url: str | None = field(repr=False)
    bind: str
    http_port: int
    metrics_port: int | None
    """None: `serve` takes 8001, `connect` and `work` take any free one. 0: any free one."""
    admin_port: int
    live_port: int
    api_keys_file: Path | None
    jwt: Jwt | None
    rate_limit: int
    cors_origins: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    api_processes: int
    log_level: LogLevel
    log_format: LogFormat
    otlp_endpoint: str | None
    trace_ratio: float
    sentry_dsn: str | None = field(repr=False)
    data_dir: Path
    warnings: tuple[Finding, ...] = ()

    def need_database_url(self) -> str:
        """The database's URL; ConfigError where it is not set."""
        return self._need("DATABASE_URL", self.database_url, "postgresql://thermaliq@127.0.0.1:5432/thermaliq")

    def need_sites(self, arguments: tuple[Path, ...]) -> tuple[Path, ...]:
        """The command line's site files, else those of the environment; ConfigError where there are none."""
        if not arguments:
            self._need(
                "SITE", ":".join(map(str, self.site)) or None, "plant.toml, or name the file on the command line"
            )
        return arguments or self.site

    def _need(self, name: str, value: str | None, example: str) -> str:
        if value is None:
            finding = Finding("environment", 0, PREFIX + name, "", f"missing: write {PREFIX}{name}={example}")
            raise ConfigError("config.setting", str(finding), (finding,))
        return value


def read_settings(variables: Mapping[str, str], read_file: Callable[[str], str]) -> Settings:
    """The settings of an environment; ConfigError with every wrong one."""
    env = Environment(variables, read_file)
    settings = _settings(env)
    _check(settings, env)
    if env.findings:
        detail = f"{len(env.findings)} errors in the settings"
        raise ConfigError("config.setting", detail, tuple(env.findings))
    return settings


def _settings(env: Environment) -> Settings:
    return Settings(
        site=tuple(Path(part) for part in env.words("SITE", separator=":")),
        kafka=",".join(env.addresses("KAFKA", "127.0.0.1:9092")),
        kafka_security=_kafka_security(env),
        topics=Topics(env.text("TOPIC_PREFIX", "thermaliq.", r"[A-Za-z0-9._-]{0,100}", "letters, digits, . _ -")),
        group_id=env.text("GROUP_ID", "thermaliq.work", r"[A-Za-z0-9._-]{1,200}", "letters, digits, . _ -"),
        partitions=env.integer("PARTITIONS", 12, 1, 10_000),
        replication=env.integer("REPLICATION", 1, 1, 100),
        min_insync=env.optional_integer("MIN_INSYNC", 1, 100),
        database_url=env.url("DATABASE_URL", ("postgresql", "postgres")),
        database_read_url=env.url("DATABASE_READ_URL", ("postgresql", "postgres")),
        retention=_retention(env),
        redis_url=env.url("REDIS_URL", REDIS_SCHEMES),
        bind=env.address("BIND", "127.0.0.1"),
        http_port=env.integer("HTTP_PORT", 8000, 0, 65535),
        metrics_port=env.optional_integer("METRICS_PORT", 0, 65535),
        admin_port=env.integer("ADMIN_PORT", 8002, 0, 65535),
        live_port=env.integer("LIVE_PORT", 8003, 0, 65535),
        api_keys_file=env.path("API_KEYS_FILE"),
        jwt=_jwt(env),
        rate_limit=env.integer("RATE_LIMIT", 200, 0, 1_000_000),
        cors_origins=env.words("CORS_ORIGINS"),
        trusted_proxies=env.networks("TRUSTED_PROXIES"),
        api_processes=env.integer("API_PROCESSES", 1, 1, 1000),
        log_level=env.choice("LOG_LEVEL", "info", LogLevel),
        log_format=env.choice("LOG_FORMAT", "console", LogFormat),
        otlp_endpoint=env.url("OTLP_ENDPOINT", ("http", "https", "grpc")),
        trace_ratio=env.fraction("TRACE_RATIO", 0.1),
        sentry_dsn=env.url("SENTRY_DSN", ("http", "https")),
        data_dir=Path(env.text("DATA_DIR", ".thermaliq")),
        warnings=_unknown(env),
    )


def _kafka_security(env: Environment) -> KafkaSecurity:
    pairs = env.pairs("KAFKA_SECURITY", KAFKA_SECURITY_KEYS)
    password = pairs.get("password")
    if "password_file" in pairs:
        password = env.secret_file("KAFKA_SECURITY", pairs["password_file"])
    files = ("ca_file", "certificate", "private_key")
    paths = {key: env.readable("KAFKA_SECURITY", pairs[key]) for key in files if key in pairs}
    protocol = env.one_of("KAFKA_SECURITY", pairs.get("protocol", "PLAINTEXT"), SecurityProtocol)
    mechanisms = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
    if pairs.get("mechanism", "PLAIN") not in mechanisms:
        env.wrong("KAFKA_SECURITY", f"mechanism is one of {', '.join(mechanisms)}")
    if protocol.startswith("SASL") and not (pairs.get("username") and password):
        env.wrong("KAFKA_SECURITY", f"{protocol} needs username and password_file")
    if pairs and not protocol.startswith("SASL") and ("username" in pairs or password):
        env.wrong("KAFKA_SECURITY", "a username is for protocol=SASL_SSL or SASL_PLAINTEXT")
    mechanism = pairs.get("mechanism", "SCRAM-SHA-512")
    return KafkaSecurity(protocol, mechanism, pairs.get("username"), password, **paths)


def _retention(env: Environment) -> Retention:
    written = {**RETENTION, **env.pairs("RETENTION", tuple(RETENTION))}
    return Retention(*(env.duration_us("RETENTION", written[key]) for key in RETENTION))


def _jwt(env: Environment) -> Jwt | None:
    """All three of issuer, audience and keys, or none of them."""
    given = {name: env.text(name, "") for name in ("JWT_ISSUER", "JWT_AUDIENCE", "JWT_JWKS")}
    if not any(given.values()):
        return None
    for name, value in given.items():
        if not value:
            env.wrong(name, "missing: tokens need JWT_ISSUER, JWT_AUDIENCE and JWT_JWKS together")
    role, assets = env.text("JWT_ROLE_CLAIM", "role"), env.text("JWT_ASSETS_CLAIM", "assets")
    return Jwt(given["JWT_ISSUER"], given["JWT_AUDIENCE"], given["JWT_JWKS"], role, assets)


def _check(settings: Settings, env: Environment) -> None:
    """Rules over several settings."""
    if settings.min_insync is not None and settings.min_insync > settings.replication:
        env.wrong("MIN_INSYNC", f"at most REPLICATION, which is {settings.replication}")
    if settings.rate_limit == 0 and not is_loopback(settings.bind):
        env.wrong("RATE_LIMIT", "0 switches the limit off, which is for a BIND on loopback only")


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches what is bound to `address`."""
    return address == "localhost" or ip_address(address).is_loopback


def _unknown(env: Environment) -> tuple[Finding, ...]:
    """Variables with our prefix that are near to a setting's name and are none: probably a slip of the finger."""
    findings = []
    for name in env.unknown():
        near = nearest(name, env.known, likeness=0.8)
        if near:
            findings.append(
                Finding("environment", 0, PREFIX + name, "", f"no setting of that name{near}", warning=True)
            )
    return tuple(findings)
