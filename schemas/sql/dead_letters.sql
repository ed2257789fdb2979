-- name: list
SELECT
    id, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS time, code, stage, topic, kafka_partition,
    kafka_offset, failures::text AS failures, detail, replayed IS NOT NULL AS replayed
FROM thermaliq.dead_letter
WHERE code = coalesce(%(code)s, code)
ORDER BY id DESC
LIMIT %(limit)s;

-- name: show
SELECT
    id, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS time, code, stage, topic, kafka_partition,
    kafka_offset, failures::text AS failures, detail, replayed IS NOT NULL AS replayed, key, value
FROM thermaliq.dead_letter
WHERE id = %(id)s;

-- name: untried
-- not yet tried a second time; a payload that a connector could not read is no record of the readings topic
SELECT id, stage, key, value, failures::text
FROM thermaliq.dead_letter
WHERE replayed IS NULL AND stage <> 'connect' AND topic = %(topic)s AND code = coalesce(%(code)s, code)
    AND id > %(after)s AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s::bigint[]))
ORDER BY id
LIMIT 50;

-- name: mark_replayed
UPDATE thermaliq.dead_letter SET replayed = now() WHERE id = ANY(%(ids)s::bigint[]);
