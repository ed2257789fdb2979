-- Plain PostgreSQL has no chunks: the growing tables are one heap each. Vacuum and analyze after a fiftieth of new rows,
-- not after a fifth, so that index-only scans and plans keep up with a table that only grows.
ALTER TABLE IF EXISTS thermaliq.reading
    SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

ALTER TABLE IF EXISTS thermaliq.pane
    SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

ALTER TABLE IF EXISTS thermaliq.point
    SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
