"""Fixtures come from the `fix_*` modules, one for each thing that tests need."""

pytest_plugins = [
    "tests.fix_product",
    "tests.fix_database",
    "tests.fix_api",
    "tests.fix_access",
    "tests.fix_browser",
    "tests.fix_calculations",
    "tests.fix_connectors",
    "tests.fix_logging",
    "tests.fix_modbus",
    "tests.fix_mqtt",
    "tests.fix_opcua",
    "tests.fix_own_kafka",
    "tests.fix_prometheus",
    "tests.fix_redis_cluster",
    "tests.fix_relay",
    "tests.fix_services",
]
