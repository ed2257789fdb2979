-- TimescaleDB, Apache edition. The primary keys serve every query, so no default index on time: it would cost more
-- than the chunks do. A table that is not empty (TimescaleDB came later) is moved into chunks.
SELECT create_hypertable('thermaliq.reading', 'ts', chunk_time_interval => interval '1 day',
    create_default_indexes => false, if_not_exists => true, migrate_data => true);

SELECT create_hypertable('thermaliq.pane', 'pane_end', chunk_time_interval => interval '7 days',
    create_default_indexes => false, if_not_exists => true, migrate_data => true);

SELECT create_hypertable('thermaliq.point', 'window_end', chunk_time_interval => interval '30 days',
    create_default_indexes => false, if_not_exists => true, migrate_data => true);
