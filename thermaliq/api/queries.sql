-- name: newest_point
SELECT p.time FROM thermaliq.v_point AS p
WHERE p.asset = %(asset)s AND p.window_name = %(window)s
ORDER BY p.time DESC
LIMIT 1;

-- name: newest_point_in
SELECT p.time FROM thermaliq.v_point AS p
WHERE p.asset = %(asset)s AND p.window_name = %(window)s AND p.time >= %(from)s AND p.time < %(to)s
ORDER BY p.time DESC
LIMIT 1;

-- name: points
SELECT
    p.asset,
    p.type,
    p.window_name AS "window",
    p.length_s,
    (extract(epoch FROM p.window_start) * 1000000)::bigint AS window_start_us,
    (extract(epoch FROM p.time) * 1000000)::bigint AS window_end_us,
    p.revision,
    p.eta,
    p.eta_u95,
    p.energy_in_j,
    p.energy_out_j,
    p.losses_j,
    p.residual_j,
    p."values",
    p.coverage,
    p.steady_fraction,
    p.quality,
    p.reasons,
    p.method,
    p.provenance
FROM thermaliq.v_point AS p
WHERE p.asset = %(asset)s AND p.window_name = %(window)s AND p.time >= %(from)s AND p.time < %(to)s
ORDER BY p.time
LIMIT %(limit)s;

-- name: latest_points
SELECT
    p.asset,
    p.type,
    p.window_name AS "window",
    p.length_s,
    (extract(epoch FROM p.window_start) * 1000000)::bigint AS window_start_us,
    (extract(epoch FROM p.time) * 1000000)::bigint AS window_end_us,
    p.revision,
    p.eta,
    p.eta_u95,
    p.energy_in_j,
    p.energy_out_j,
    p.losses_j,
    p.residual_j,
    p."values",
    p.coverage,
    p.steady_fraction,
    p.quality,
    p.reasons,
    p.method,
    p.provenance
FROM unnest(%(windows)s::text[]) WITH ORDINALITY AS w (window_name, place)
CROSS JOIN LATERAL (
    SELECT v.* FROM thermaliq.v_point AS v
    WHERE v.asset = %(asset)s AND v.window_name = w.window_name
    ORDER BY v.time DESC
    LIMIT 1
) AS p
ORDER BY w.place;

-- name: newest_reading
SELECT max(r.time) AS time
FROM unnest(%(tags)s::text[]) AS t (tag)
CROSS JOIN LATERAL (
    SELECT v.time FROM thermaliq.v_reading AS v
    WHERE v.asset = %(asset)s AND v.tag = t.tag
    ORDER BY v.time DESC
    LIMIT 1
) AS r;

-- name: readings
-- each tag by itself: its rows lie in order, those of several tags do not
SELECT
    r.tag,
    (extract(epoch FROM r.time) * 1000000)::bigint AS ts_us,
    r.value,
    r.unit,
    r.value_si,
    r.unit_si,
    r.status,
    r.flag
FROM unnest(%(tags)s::text[]) AS t (tag)
CROSS JOIN LATERAL (
    SELECT v.* FROM thermaliq.v_reading AS v
    WHERE v.asset = %(asset)s AND v.tag = t.tag AND v.time >= %(from)s AND v.time < %(to)s
        AND (v.time > %(from)s OR v.tag > %(after_tag)s)
    ORDER BY v.time
    LIMIT %(limit)s
) AS r
ORDER BY r.time, r.tag
LIMIT %(limit)s;

-- name: alerts
-- an alert is an episode of an alarm: the newest is in the alarm's state, one that another followed is over. Transitions
-- tell a condition's time on the plant's clock and a person's on the log's: they alone do not say which was the last
SELECT
    e.asset,
    e.name,
    (extract(epoch FROM e.episode) * 1000000)::bigint AS episode_us,
    e.state_now AS state,
    e.priority,
    e.value,
    e.limit_value AS "limit",
    (extract(epoch FROM e.window_end) * 1000000)::bigint AS window_end_us,
    (extract(epoch FROM e.transition) * 1000000)::bigint AS transition_us,
    e.cause,
    e.revision,
    e.acknowledged_by,
    e.comment,
    (extract(epoch FROM e.shelved_until) * 1000000)::bigint AS shelved_until_us
FROM (
    SELECT DISTINCT ON (a.asset, t.name, t.episode)
        a.asset, t.*, m.acknowledged_by, m.comment, m.shelved_until,
        CASE WHEN o.episode IS NOT NULL THEN 'normal' ELSE coalesce(m.state, t.state) END AS state_now
    FROM thermaliq.alarm_transition AS t
    JOIN thermaliq.asset AS a USING (asset_id)
    LEFT JOIN thermaliq.alarm AS m ON m.asset_id = t.asset_id AND m.name = t.name AND m.episode = t.episode
    LEFT JOIN thermaliq.alarm AS o ON o.asset_id = t.asset_id AND o.name = t.name AND o.episode > t.episode
    WHERE a.asset = ANY (%(assets)s::text[])
    ORDER BY
        a.asset, t.name, t.episode, (t.transition = m.since AND t.state = m.state) DESC NULLS LAST, t.transition DESC,
        t.window_end DESC, t.revision DESC
) AS e
WHERE (%(states)s::text[] IS NULL OR e.state_now = ANY (%(states)s::text[]))
    AND (%(priorities)s::text[] IS NULL OR e.priority = ANY (%(priorities)s::text[]))
    AND (e.transition, e.asset, e.name, e.episode)
        < (%(before)s::timestamptz, %(asset)s::text, %(name)s::text, %(episode)s::timestamptz)
ORDER BY e.transition DESC, e.asset DESC, e.name DESC, e.episode DESC
LIMIT %(limit)s;

-- name: alert_state
-- of an episode that was told of
SELECT CASE WHEN m.episode > t.episode THEN 'normal' WHEN m.episode = t.episode THEN m.state ELSE t.state END AS state
FROM thermaliq.alarm_transition AS t
JOIN thermaliq.asset AS a USING (asset_id)
LEFT JOIN thermaliq.alarm AS m ON m.asset_id = t.asset_id AND m.name = t.name
WHERE a.asset = %(asset)s AND t.name = %(name)s AND t.episode = %(episode)s
ORDER BY t.transition DESC, t.window_end DESC, t.revision DESC
LIMIT 1;

-- name: outbox_heads
-- next_seq is written in the transaction that writes the rows below it
SELECT c.partition AS origin, max(c.next_seq) - 1 AS seq
FROM thermaliq.checkpoint AS c
WHERE c.app = %(app)s AND c.topic = %(topic)s
GROUP BY c.partition;

-- name: outbox_rows
SELECT o.origin, o.seq, o.topic, o.value
FROM unnest(%(origins)s::int[], %(after)s::bigint[], %(upto)s::bigint[]) AS k (origin, after, upto)
CROSS JOIN LATERAL (
    SELECT b.origin, b.seq, b.topic, b.value
    FROM thermaliq.outbox AS b
    WHERE b.app = %(app)s AND b.readings_topic = %(topic)s AND b.origin = k.origin
        AND b.seq > k.after AND b.seq <= k.upto AND b.topic IN ('points', 'alerts')
    ORDER BY b.seq
    LIMIT %(limit)s
) AS o
ORDER BY o.origin, o.seq
LIMIT %(limit)s;

-- name: outbox_oldest
SELECT k.origin, (
    SELECT min(b.seq)
    FROM thermaliq.outbox AS b
    WHERE b.app = %(app)s AND b.readings_topic = %(topic)s AND b.origin = k.origin
) AS seq
FROM unnest(%(origins)s::int[]) AS k (origin);
