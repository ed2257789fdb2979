-- name: outcome
-- of a command that stands at that place of the log; one of an unknown asset is a dead letter only
SELECT c.outcome, (c.after->>'points')::bigint AS points, (c.after->>'revised')::bigint AS revised
FROM thermaliq.command AS c
WHERE c.command_id = %(command_id)s
UNION ALL
SELECT d.code, 0, 0
FROM thermaliq.dead_letter AS d
WHERE d.topic = %(topic)s AND d.kafka_partition = %(partition)s AND d.kafka_offset = %(offset)s AND d.stage = 'command'
LIMIT 1;

-- name: queued
-- readings that came after late_accept: the windows that they touch
SELECT a.asset, to_char(q.from_ts AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "from",
    to_char(q.to_ts AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "to", q.queued::text AS queued
FROM thermaliq.recompute_queue AS q
JOIN thermaliq.asset AS a USING (asset_id)
WHERE a.asset = ANY(%(assets)s::text[])
ORDER BY a.asset, q.from_ts, q.to_ts;
