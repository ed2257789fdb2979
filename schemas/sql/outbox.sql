-- name: pending
-- at most `limit` rows and, but for one row, 8 MiB; nothing where another worker has taken the partition since
SELECT seq, topic, key, value, headers
FROM (
    SELECT p.*, sum(octet_length(p.value)) OVER (ORDER BY p.seq) - octet_length(p.value) AS bytes_before
    FROM (
        SELECT o.seq, o.topic, o.key, o.value, o.headers::text AS headers
        FROM thermaliq.checkpoint AS c
        JOIN thermaliq.outbox AS o ON o.app = c.app AND o.readings_topic = c.topic AND o.origin = c.partition
        WHERE c.app = %(app)s AND c.cluster_id = %(cluster_id)s AND c.topic = %(topic)s
            AND c.partition = %(partition)s AND c.epoch = %(epoch)s AND o.seq > c.published_seq
        ORDER BY o.seq
        LIMIT %(limit)s
    ) AS p
) AS p
WHERE bytes_before < 8388608
ORDER BY seq;

-- name: mark_published
UPDATE thermaliq.checkpoint
SET published_seq = %(seq)s
WHERE app = %(app)s AND cluster_id = %(cluster_id)s AND topic = %(topic)s AND partition = %(partition)s
    AND epoch = %(epoch)s AND published_seq < %(seq)s;

-- name: prune
-- rows stay after publishing, for the live WebSocket reads them by (origin, seq)
DELETE FROM thermaliq.outbox
WHERE ctid = ANY (ARRAY(
    SELECT o.ctid
    FROM thermaliq.checkpoint AS c
    JOIN thermaliq.outbox AS o ON o.app = c.app AND o.readings_topic = c.topic AND o.origin = c.partition
    WHERE c.app = %(app)s AND c.cluster_id = %(cluster_id)s AND c.topic = %(topic)s AND c.partition = %(partition)s
        AND o.seq <= c.published_seq AND o.created < now() - %(older_than)s::interval
    ORDER BY o.seq
    LIMIT %(limit)s
));
