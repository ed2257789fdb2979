-- name: set_lock_timeout
SET LOCAL lock_timeout = '2s';

-- name: clusters
SELECT cluster_id FROM thermaliq.checkpoint
WHERE app = %(app)s AND topic = %(topic)s AND partition = %(partition)s;

-- name: take_fence
INSERT INTO thermaliq.checkpoint AS c (app, cluster_id, topic, partition)
VALUES (%(app)s, %(cluster_id)s, %(topic)s, %(partition)s)
ON CONFLICT (app, topic, partition, cluster_id) DO UPDATE SET epoch = c.epoch + 1, taken = now()
RETURNING epoch, next_offset, next_seq, append_us;

-- name: evict_stopped
-- a worker that was stopped within its transaction holds the row for ever, while its session waits for its client;
-- xmax of the row is the transaction that holds it
SELECT count(pg_terminate_backend(a.pid))
FROM thermaliq.checkpoint AS c
JOIN pg_locks AS l ON l.locktype = 'transactionid' AND l.granted AND l.transactionid = c.xmax
JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE c.app = %(app)s AND c.cluster_id = %(cluster_id)s AND c.topic = %(topic)s AND c.partition = %(partition)s
    AND a.usename = current_user AND a.wait_event = 'ClientRead'
    AND a.xact_start < now() - interval '2 s' AND a.state_change < now() - interval '2 s';

-- name: advance
UPDATE thermaliq.checkpoint
SET next_offset = %(next_offset)s, next_seq = %(next_seq)s, append_us = %(append_us)s, committed = now()
WHERE app = %(app)s AND cluster_id = %(cluster_id)s AND topic = %(topic)s AND partition = %(partition)s
    AND epoch = %(epoch)s;

-- name: copy_readings
COPY thermaliq.reading (series_id, ts, value, status, flag) FROM STDIN (FORMAT BINARY);

-- name: merge_readings
-- how many stood already, and how many of these with another value or status; what stands as it came is not written
WITH incoming AS MATERIALIZED (
    SELECT
        n.series_id, n.ts, n.value, n.status, n.flag, r.series_id IS NOT NULL AS stood,
        (r.value, r.status) IS DISTINCT FROM (n.value, n.status) AS other, r.flag IS DISTINCT FROM n.flag AS other_flag
    FROM (
        SELECT series_id, ts, nullif(value, 'NaN') AS value, status, flag
        FROM unnest(%(series)s::int[], %(ts)s::timestamptz[], %(value)s::double precision[], %(status)s::bigint[],
            %(flag)s::smallint[]) AS n (series_id, ts, value, status, flag)
    ) AS n
    LEFT JOIN thermaliq.reading AS r
        ON r.series_id = n.series_id AND r.ts = n.ts AND r.ts >= %(least)s AND r.ts <= %(most)s
),
merged AS (
    INSERT INTO thermaliq.reading (series_id, ts, value, status, flag)
    SELECT series_id, ts, value, status, flag
    FROM incoming
    WHERE NOT stood OR other OR other_flag
    ORDER BY series_id, ts
    ON CONFLICT (series_id, ts) DO UPDATE SET value = excluded.value, status = excluded.status, flag = excluded.flag
)
SELECT count(*) FILTER (WHERE stood), count(*) FILTER (WHERE stood AND other) FROM incoming;

-- name: write_panes
INSERT INTO thermaliq.pane AS p (
    asset_id, pane_end, length_us, covered_us, integrated_us, steady_us, off_us, excluded_us, samples, layout,
    integrals, sensitivities, reasons
)
SELECT
    asset_id, pane_end, length_us, covered_us, integrated_us, steady_us, off_us, excluded_us, samples, layout,
    (%(numbers)s::double precision[])[first_integral:last_integral],
    (%(numbers)s::double precision[])[last_integral + 1:last_sensitivity],
    string_to_array(reasons, E'\n')
FROM unnest(%(asset)s::int[], %(pane_end)s::timestamptz[], %(length_us)s::bigint[], %(covered_us)s::bigint[],
    %(integrated_us)s::bigint[], %(steady_us)s::bigint[], %(off_us)s::bigint[], %(excluded_us)s::bigint[],
    %(samples)s::bigint[], %(layout)s::text[], %(first_integral)s::int[], %(last_integral)s::int[],
    %(last_sensitivity)s::int[], %(reasons)s::text[])
    AS n (asset_id, pane_end, length_us, covered_us, integrated_us, steady_us, off_us, excluded_us, samples, layout,
        first_integral, last_integral, last_sensitivity, reasons)
ON CONFLICT (asset_id, pane_end) DO UPDATE SET
    length_us = excluded.length_us, covered_us = excluded.covered_us, integrated_us = excluded.integrated_us,
    steady_us = excluded.steady_us, off_us = excluded.off_us, excluded_us = excluded.excluded_us,
    samples = excluded.samples, layout = excluded.layout, integrals = excluded.integrals,
    sensitivities = excluded.sensitivities, reasons = excluded.reasons
WHERE p IS DISTINCT FROM excluded;

-- name: write_points
-- a higher revision moves the point that stands into point_revision; both parts see the table as it was before
WITH incoming AS MATERIALIZED (
    SELECT
        asset_id, window_name, window_end, window_start, length_s, type, revision, nullif(eta, 'NaN') AS eta,
        nullif(eta_u95, 'NaN') AS eta_u95, nullif(energy_in_j, 'NaN') AS energy_in_j,
        nullif(energy_out_j, 'NaN') AS energy_out_j, losses_j::jsonb AS losses_j,
        nullif(residual_j, 'NaN') AS residual_j, "values"::jsonb AS "values", coverage,
        nullif(steady_fraction, 'NaN') AS steady_fraction, quality, string_to_array(reasons, E'\n') AS reasons,
        method, provenance
    FROM unnest(%(asset)s::int[], %(window_name)s::text[], %(window_end)s::timestamptz[],
        %(window_start)s::timestamptz[], %(length_s)s::double precision[], %(type)s::text[], %(revision)s::int[],
        %(eta)s::double precision[], %(eta_u95)s::double precision[], %(energy_in_j)s::double precision[],
        %(energy_out_j)s::double precision[], %(losses_j)s::text[], %(residual_j)s::double precision[],
        %(values)s::text[], %(coverage)s::double precision[], %(steady_fraction)s::double precision[],
        %(quality)s::text[], %(reasons)s::text[], %(method)s::text[], %(provenance)s::text[])
        AS n (asset_id, window_name, window_end, window_start, length_s, type, revision, eta, eta_u95, energy_in_j,
            energy_out_j, losses_j, residual_j, "values", coverage, steady_fraction, quality, reasons, method,
            provenance)
),
replaced AS (
    INSERT INTO thermaliq.point_revision (
        asset_id, window_name, window_end, window_start, length_s, type, revision, eta, eta_u95, energy_in_j,
        energy_out_j, losses_j, residual_j, "values", coverage, steady_fraction, quality, reasons, method, provenance
    )
    SELECT
        p.asset_id, p.window_name, p.window_end, p.window_start, p.length_s, p.type, p.revision, p.eta, p.eta_u95,
        p.energy_in_j, p.energy_out_j, p.losses_j, p.residual_j, p."values", p.coverage, p.steady_fraction, p.quality,
        p.reasons, p.method, p.provenance
    FROM incoming AS n
    JOIN thermaliq.point AS p USING (asset_id, window_name, window_end)
    WHERE n.revision > 0 AND p.revision < n.revision
        AND p.window_end >= %(least)s AND p.window_end <= %(most)s
    ON CONFLICT DO NOTHING
)
INSERT INTO thermaliq.point AS p (
    asset_id, window_name, window_end, window_start, length_s, type, revision, eta, eta_u95, energy_in_j, energy_out_j,
    losses_j, residual_j, "values", coverage, steady_fraction, quality, reasons, method, provenance
)
SELECT
    asset_id, window_name, window_end, window_start, length_s, type, revision, eta, eta_u95, energy_in_j, energy_out_j,
    losses_j, residual_j, "values", coverage, steady_fraction, quality, reasons, method, provenance
FROM incoming
ON CONFLICT (asset_id, window_name, window_end) DO UPDATE SET
    window_start = excluded.window_start, length_s = excluded.length_s, type = excluded.type,
    revision = excluded.revision, eta = excluded.eta, eta_u95 = excluded.eta_u95, energy_in_j = excluded.energy_in_j,
    energy_out_j = excluded.energy_out_j, losses_j = excluded.losses_j, residual_j = excluded.residual_j,
    "values" = excluded."values", coverage = excluded.coverage, steady_fraction = excluded.steady_fraction,
    quality = excluded.quality, reasons = excluded.reasons, method = excluded.method, provenance = excluded.provenance
WHERE p.revision <= excluded.revision AND p IS DISTINCT FROM excluded;

-- name: write_watermarks
INSERT INTO thermaliq.watermark AS w (asset_id, source, newest, rose, session, sequence, told)
SELECT asset_id, source, newest, rose, session, sequence, told
FROM unnest(%(asset)s::int[], %(source)s::text[], %(newest)s::timestamptz[], %(rose)s::timestamptz[],
    %(session)s::text[], %(sequence)s::bigint[], %(told)s::timestamptz[])
    AS n (asset_id, source, newest, rose, session, sequence, told)
ON CONFLICT (asset_id, source) DO UPDATE SET
    newest = excluded.newest, rose = excluded.rose, session = excluded.session, sequence = excluded.sequence,
    told = excluded.told
WHERE (w.newest, w.rose, w.session, w.sequence, w.told)
    IS DISTINCT FROM (excluded.newest, excluded.rose, excluded.session, excluded.sequence, excluded.told);

-- name: write_progress
INSERT INTO thermaliq.progress AS p (asset_id, first_ts, closed)
SELECT asset_id, first_ts, closed
FROM unnest(%(asset)s::int[], %(first_ts)s::timestamptz[], %(closed)s::timestamptz[]) AS n (asset_id, first_ts, closed)
ON CONFLICT (asset_id) DO UPDATE SET first_ts = excluded.first_ts, closed = excluded.closed
WHERE (p.first_ts, p.closed) IS DISTINCT FROM (excluded.first_ts, excluded.closed);

-- name: write_alarms
INSERT INTO thermaliq.alarm AS a (
    asset_id, name, state, priority, episode, since, value, limit_value, pending_since, judged, revision,
    acknowledged_by, comment, shelved_until, beneath
)
SELECT
    asset_id, name, state, priority, episode, since, nullif(value, 'NaN'), nullif(limit_value, 'NaN'),
    nullif(pending_since, '-infinity'), judged, revision, acknowledged_by, comment,
    nullif(shelved_until, '-infinity'), beneath
FROM unnest(%(asset)s::int[], %(name)s::text[], %(state)s::text[], %(priority)s::text[], %(episode)s::timestamptz[],
    %(since)s::timestamptz[], %(value)s::double precision[], %(limit_value)s::double precision[],
    %(pending_since)s::timestamptz[], %(judged)s::timestamptz[], %(revision)s::int[], %(acknowledged_by)s::text[],
    %(comment)s::text[], %(shelved_until)s::timestamptz[], %(beneath)s::text[])
    AS n (asset_id, name, state, priority, episode, since, value, limit_value, pending_since, judged, revision,
        acknowledged_by, comment, shelved_until, beneath)
ON CONFLICT (asset_id, name) DO UPDATE SET
    state = excluded.state, priority = excluded.priority, episode = excluded.episode, since = excluded.since,
    value = excluded.value, limit_value = excluded.limit_value, pending_since = excluded.pending_since,
    judged = excluded.judged, revision = excluded.revision, acknowledged_by = excluded.acknowledged_by,
    comment = excluded.comment, shelved_until = excluded.shelved_until, beneath = excluded.beneath
WHERE a IS DISTINCT FROM excluded;

-- name: write_transitions
INSERT INTO thermaliq.alarm_transition (
    asset_id, name, episode, state, priority, value, limit_value, window_end, transition, cause, revision
)
SELECT
    asset_id, name, episode, state, priority, nullif(value, 'NaN'), nullif(limit_value, 'NaN'), window_end, transition,
    cause, revision
FROM unnest(%(asset)s::int[], %(name)s::text[], %(episode)s::timestamptz[], %(state)s::text[], %(priority)s::text[],
    %(value)s::double precision[], %(limit_value)s::double precision[], %(window_end)s::timestamptz[],
    %(transition)s::timestamptz[], %(cause)s::text[], %(revision)s::int[])
    AS n (asset_id, name, episode, state, priority, value, limit_value, window_end, transition, cause, revision)
ON CONFLICT DO NOTHING;

-- name: write_gaps
INSERT INTO thermaliq.gap AS g (asset_id, source, from_ts, to_ts, reason, backfilled)
SELECT asset_id, source, from_ts, to_ts, reason, backfilled
FROM unnest(%(asset)s::int[], %(source)s::text[], %(from_ts)s::timestamptz[], %(to_ts)s::timestamptz[],
    %(reason)s::text[], %(backfilled)s::boolean[]) AS n (asset_id, source, from_ts, to_ts, reason, backfilled)
ON CONFLICT (asset_id, source, from_ts, reason) DO UPDATE SET to_ts = excluded.to_ts, backfilled = excluded.backfilled
WHERE (g.to_ts, g.backfilled) IS DISTINCT FROM (excluded.to_ts, excluded.backfilled);

-- name: write_dead_letters
INSERT INTO thermaliq.dead_letter (
    time, code, stage, cluster_id, topic, kafka_partition, kafka_offset, key, value, failures, detail
)
SELECT %(time)s, code, stage, %(cluster_id)s, topic, kafka_partition, kafka_offset, key, value, failures::json, detail
FROM unnest(%(code)s::text[], %(stage)s::text[], %(topic)s::text[], %(kafka_partition)s::int[],
    %(kafka_offset)s::bigint[], %(key)s::bytea[], %(value)s::bytea[], %(failures)s::text[], %(detail)s::text[])
    AS n (code, stage, topic, kafka_partition, kafka_offset, key, value, failures, detail)
ON CONFLICT DO NOTHING;

-- name: write_recompute
INSERT INTO thermaliq.recompute_queue (asset_id, from_ts, to_ts)
SELECT asset_id, from_ts, to_ts
FROM unnest(%(asset)s::int[], %(from_ts)s::timestamptz[], %(to_ts)s::timestamptz[]) AS n (asset_id, from_ts, to_ts)
ON CONFLICT DO NOTHING;

-- name: clear_recompute
DELETE FROM thermaliq.recompute_queue AS q
USING unnest(%(asset)s::int[], %(from_ts)s::timestamptz[], %(to_ts)s::timestamptz[]) AS n (asset_id, from_ts, to_ts)
WHERE q.asset_id = n.asset_id AND q.from_ts >= n.from_ts AND q.to_ts <= n.to_ts;

-- name: write_commands
-- one that was applied or is under way stands; one that was refused may be sent again
INSERT INTO thermaliq.command AS c (
    command_id, kind, asset_id, alarm, requested_by, comment, topic, kafka_partition, kafka_offset, appended, outcome,
    request, before, after
)
SELECT
    command_id, kind, asset_id, alarm, requested_by, comment, %(topic)s, %(partition)s, kafka_offset, appended, outcome,
    request::jsonb, before::jsonb, after::jsonb
FROM unnest(%(command_id)s::text[], %(kind)s::text[], %(asset)s::int[], %(alarm)s::text[], %(requested_by)s::text[],
    %(comment)s::text[], %(kafka_offset)s::bigint[], %(appended)s::timestamptz[], %(outcome)s::text[],
    %(request)s::text[], %(before)s::text[], %(after)s::text[])
    AS n (command_id, kind, asset_id, alarm, requested_by, comment, kafka_offset, appended, outcome, request, before,
        after)
ON CONFLICT (command_id) DO UPDATE SET
    kind = excluded.kind, asset_id = excluded.asset_id, alarm = excluded.alarm, requested_by = excluded.requested_by,
    comment = excluded.comment, topic = excluded.topic, kafka_partition = excluded.kafka_partition,
    kafka_offset = excluded.kafka_offset, appended = excluded.appended, outcome = excluded.outcome,
    request = excluded.request, before = excluded.before, after = excluded.after, committed = now()
WHERE c.outcome <> 'applied';

-- name: write_provenance
INSERT INTO thermaliq.provenance (hash, document)
SELECT hash, document::jsonb
FROM unnest(%(hash)s::text[], %(document)s::text[]) AS n (hash, document)
ORDER BY hash
ON CONFLICT DO NOTHING;

-- name: write_outbox
INSERT INTO thermaliq.outbox (app, readings_topic, origin, seq, topic, key, value, headers)
SELECT %(app)s, %(readings_topic)s, %(origin)s, seq, topic, key, value, headers::json
FROM unnest(%(seq)s::bigint[], %(topic)s::text[], %(key)s::bytea[], %(value)s::bytea[], %(headers)s::text[])
    AS n (seq, topic, key, value, headers)
ON CONFLICT DO NOTHING;
