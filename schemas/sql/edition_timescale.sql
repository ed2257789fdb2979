-- TimescaleDB, Community edition: what the Apache edition has, and compression of what no late reading touches any more.
DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM timescaledb_information.hypertables
        WHERE hypertable_schema = 'thermaliq' AND hypertable_name = 'reading' AND compression_enabled
    ) THEN
        ALTER TABLE thermaliq.reading SET (timescaledb.compress, timescaledb.compress_segmentby = 'series_id',
            timescaledb.compress_orderby = 'ts');
    END IF;
END $$;

SELECT add_compression_policy('thermaliq.reading', interval '7 days', if_not_exists => true);
