-- TimescaleDB, Apache edition. The primary keys serve every query, so no default index on time: it would cost more
-- than the chunks do. A table that is not empty (TimescaleDB came later) is moved into chunks.
SELECT create_hypertable(to_regclass(t.name), t.time_column::name, chunk_time_interval => t.chunk,
    create_default_indexes => false, if_not_exists => true, migrate_data => true)
FROM (VALUES
    ('thermaliq.reading', 'ts', interval '1 day'),
    ('thermaliq.pane', 'pane_end', interval '7 days'),
    ('thermaliq.point', 'window_end', interval '30 days')
) AS t (name, time_column, chunk)
WHERE to_regclass(t.name) IS NOT NULL;
