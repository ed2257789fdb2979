-- transaction: on
-- compatible-from: 1
-- Views for people and Grafana. Nothing here that plain PostgreSQL lacks.

CREATE VIEW thermaliq.v_reading AS
SELECT
    r.ts AS time,
    s.asset,
    s.tag,
    (r.value - s.shift) / s.factor AS value,
    s.unit,
    r.value AS value_si,
    s.unit_si,
    r.status,
    CASE r.flag
        WHEN 1 THEN 'out_of_range'
        WHEN 2 THEN 'held'
        WHEN 3 THEN 'backfill'
        WHEN 4 THEN 'substituted'
    END AS flag
FROM thermaliq.reading AS r
JOIN thermaliq.series AS s USING (series_id);

CREATE VIEW thermaliq.v_point AS
SELECT
    p.window_end AS time,
    a.asset,
    p.type,
    p.window_name,
    p.length_s,
    p.window_start,
    p.revision,
    p.eta,
    p.eta_u95,
    p.energy_in_j,
    p.energy_out_j,
    p.losses_j,
    p.residual_j,
    p.coverage,
    p.steady_fraction,
    p.quality,
    p.reasons,
    p.method,
    p.provenance,
    p."values"
FROM thermaliq.point AS p
JOIN thermaliq.asset AS a USING (asset_id);

-- an alarm that never went off has no episode
CREATE VIEW thermaliq.v_alarm AS
SELECT
    a.asset,
    m.name,
    m.state,
    m.priority,
    m.since,
    nullif(m.episode, timestamptz 'epoch') AS episode,
    m.value,
    m.limit_value
FROM thermaliq.alarm AS m
JOIN thermaliq.asset AS a USING (asset_id);

CREATE VIEW thermaliq.v_alarm_transition AS
SELECT
    t.transition AS time,
    a.asset,
    t.name,
    t.episode,
    t.state,
    t.priority,
    t.value,
    t.limit_value,
    t.cause
FROM thermaliq.alarm_transition AS t
JOIN thermaliq.asset AS a USING (asset_id);

CREATE VIEW thermaliq.v_gap AS
SELECT
    g.from_ts AS time,
    g.to_ts AS time_end,
    a.asset,
    g.source,
    g.reason,
    g.backfilled
FROM thermaliq.gap AS g
JOIN thermaliq.asset AS a USING (asset_id);

CREATE VIEW thermaliq.v_dead_letter AS
SELECT d.time, d.code, d.stage, d.topic, d.kafka_partition, d.kafka_offset
FROM thermaliq.dead_letter AS d;

GRANT SELECT
    ON thermaliq.v_reading, thermaliq.v_point, thermaliq.v_alarm, thermaliq.v_alarm_transition, thermaliq.v_gap,
       thermaliq.v_dead_letter
    TO thermaliq_reader, thermaliq_writer;
