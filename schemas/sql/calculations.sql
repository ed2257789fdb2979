-- name: keep
-- an answer that stands is never replaced; what was only on its way, or failed, is
WITH kept AS (
    INSERT INTO thermaliq.provenance (hash, document)
    VALUES (%(provenance)s, %(document)s::jsonb)
    ON CONFLICT (hash) DO NOTHING
)
INSERT INTO thermaliq.calculation AS c (id, type, status, request, answer, provenance)
VALUES (%(id)s, %(type)s, %(status)s, %(request)s::jsonb, %(answer)s::jsonb, %(provenance)s)
ON CONFLICT (id) DO UPDATE
SET status = excluded.status, request = excluded.request, answer = excluded.answer, created = excluded.created
WHERE c.status <> 'done'
RETURNING id;

-- name: find
SELECT
    status, answer::text AS answer,
    status IN ('queued', 'running') AND created < now() - make_interval(secs => %(lost_after_s)s) AS lost
FROM thermaliq.calculation
WHERE id = %(id)s;

-- name: provenance
SELECT document::text AS document FROM thermaliq.provenance WHERE hash = %(hash)s;
