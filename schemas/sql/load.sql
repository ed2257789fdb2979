-- name: watermarks
SELECT
    asset_id, source,
    (extract(epoch FROM newest) * 1000000)::bigint,
    (extract(epoch FROM rose) * 1000000)::bigint,
    session, sequence,
    (extract(epoch FROM told) * 1000000)::bigint
FROM thermaliq.watermark
WHERE asset_id = ANY(%(asset)s::int[])
ORDER BY asset_id, source;

-- name: progress
SELECT
    asset_id,
    (extract(epoch FROM first_ts) * 1000000)::bigint,
    (extract(epoch FROM closed) * 1000000)::bigint
FROM thermaliq.progress
WHERE asset_id = ANY(%(asset)s::int[])
ORDER BY asset_id;

-- name: alarms
SELECT
    asset_id, name, state, priority,
    (extract(epoch FROM episode) * 1000000)::bigint,
    (extract(epoch FROM since) * 1000000)::bigint,
    value, limit_value,
    (extract(epoch FROM pending_since) * 1000000)::bigint,
    (extract(epoch FROM judged) * 1000000)::bigint,
    revision, acknowledged_by, comment,
    (extract(epoch FROM shelved_until) * 1000000)::bigint,
    beneath
FROM thermaliq.alarm
WHERE asset_id = ANY(%(asset)s::int[])
ORDER BY asset_id, name;

-- name: panes
-- (after, until] of each asset; the least of `after` stands there a second time because chunks are left out by constants
SELECT p.*
FROM unnest(%(asset)s::int[], %(after)s::timestamptz[], %(until)s::timestamptz[]) AS n (asset_id, after, until)
CROSS JOIN LATERAL (
    SELECT
        asset_id, (extract(epoch FROM pane_end) * 1000000)::bigint AS end_us, length_us, covered_us, integrated_us,
        steady_us, off_us, excluded_us, samples, layout, integrals, sensitivities, reasons
    FROM thermaliq.pane AS p
    WHERE p.asset_id = n.asset_id AND p.pane_end > n.after AND p.pane_end <= n.until
        AND p.pane_end > %(least)s AND p.pane_end <= %(most)s
    OFFSET 0
) AS p
ORDER BY p.asset_id, p.end_us;

-- name: readings
-- [from, before) of each series, one row a series: a client takes an array at a time far faster than a row at a time
SELECT n.series_id, r.*
FROM unnest(%(series)s::int[], %(from)s::timestamptz[]) AS n (series_id, from_ts)
CROSS JOIN LATERAL (
    SELECT array_agg(ts) AS ts, array_agg(value) AS value, array_agg(status) AS status, array_agg(flag) AS flag
    FROM (
        SELECT ts, coalesce(value, 'NaN') AS value, status, flag
        FROM thermaliq.reading AS r
        WHERE r.series_id = n.series_id AND r.ts >= n.from_ts AND r.ts >= %(least)s AND r.ts < %(before)s
        ORDER BY r.ts
        OFFSET 0
    ) AS stored
    HAVING count(*) > 0
) AS r;

-- name: provenance
-- the newest will do: a document that is written once more changes nothing
SELECT hash FROM thermaliq.provenance ORDER BY created DESC LIMIT 20000;

-- name: points
SELECT
    a.asset, p.type, p.window_name AS window, p.length_s,
    (extract(epoch FROM p.window_start) * 1000000)::bigint AS window_start_us,
    (extract(epoch FROM p.window_end) * 1000000)::bigint AS window_end_us,
    p.revision, p.eta, p.eta_u95, p.energy_in_j, p.energy_out_j, p.losses_j, p.residual_j, p."values", p.coverage,
    p.steady_fraction, p.quality, p.reasons, p.method, p.provenance
FROM thermaliq.point AS p
JOIN thermaliq.asset AS a USING (asset_id)
WHERE p.asset_id = %(asset)s AND p.window_name = %(window)s
    AND p.window_end > %(after)s AND p.window_end <= %(until)s
ORDER BY p.window_end;

-- name: running_commands
SELECT
    command_id, kind, asset_id, alarm, requested_by, comment, kafka_offset,
    (extract(epoch FROM appended) * 1000000)::bigint,
    outcome, request::text, before::text, after::text
FROM thermaliq.command
WHERE outcome = 'running' AND asset_id = ANY(%(asset)s::int[])
ORDER BY appended, kafka_offset;

-- name: obeyed
SELECT 1 FROM thermaliq.command WHERE command_id = %(command_id)s AND outcome IN ('applied', 'running');
