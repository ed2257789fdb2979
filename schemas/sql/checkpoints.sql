-- name: list
SELECT
    app, cluster_id, topic, partition, epoch, next_offset, next_seq - 1 - published_seq AS unpublished,
    to_char(taken AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS taken,
    to_char(committed AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS committed
FROM thermaliq.checkpoint
ORDER BY app, topic, partition, cluster_id;

-- name: accept_gap
-- the numbers of the outbox rise on, whatever the offsets do; the new epoch makes a worker that still runs drop it
INSERT INTO thermaliq.checkpoint AS c (
    app, cluster_id, topic, partition, epoch, next_offset, next_seq, append_us, published_seq
)
SELECT
    app, coalesce(%(cluster_id)s, cluster_id), topic, partition, epoch + 1, %(next_offset)s, next_seq, append_us,
    published_seq
FROM thermaliq.checkpoint
WHERE app = %(app)s AND topic = %(topic)s AND partition = %(partition)s
ORDER BY committed DESC NULLS LAST, taken DESC
LIMIT 1
ON CONFLICT (app, topic, partition, cluster_id) DO UPDATE SET epoch = c.epoch + 1, next_offset = excluded.next_offset
RETURNING app, cluster_id, topic, partition, epoch, next_offset;
