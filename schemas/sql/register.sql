-- name: lock
SELECT pg_advisory_xact_lock(hashtextextended('thermaliq.register', 0));

-- name: add_assets
-- only what is missing: a conflict would burn a number of the identity
INSERT INTO thermaliq.asset (asset, site, type, group_key)
SELECT n.asset, n.site, n.type, n.group_key
FROM unnest(%(asset)s::text[], %(site)s::text[], %(type)s::text[], %(group_key)s::text[])
    AS n (asset, site, type, group_key)
WHERE NOT EXISTS (SELECT FROM thermaliq.asset AS a WHERE a.asset = n.asset)
ORDER BY n.asset;

-- name: update_assets
UPDATE thermaliq.asset AS a
SET site = n.site, type = n.type, group_key = n.group_key
FROM unnest(%(asset)s::text[], %(site)s::text[], %(type)s::text[], %(group_key)s::text[])
    AS n (asset, site, type, group_key)
WHERE a.asset = n.asset AND (a.site, a.type, a.group_key) IS DISTINCT FROM (n.site, n.type, n.group_key);

-- name: add_series
INSERT INTO thermaliq.series (asset, tag, unit_si, unit, factor, shift, source, name, description)
SELECT n.asset, n.tag, n.unit_si, n.unit, n.factor, n.shift, n.source, n.name, n.description
FROM unnest(%(asset)s::text[], %(tag)s::text[], %(unit_si)s::text[], %(unit)s::text[], %(factor)s::double precision[],
    %(shift)s::double precision[], %(source)s::text[], %(name)s::text[], %(description)s::text[])
    AS n (asset, tag, unit_si, unit, factor, shift, source, name, description)
WHERE NOT EXISTS (SELECT FROM thermaliq.series AS s WHERE s.asset = n.asset AND s.tag = n.tag)
ORDER BY n.asset, n.tag;

-- name: update_series
UPDATE thermaliq.series AS s
SET unit_si = n.unit_si, unit = n.unit, factor = n.factor, shift = n.shift, source = n.source, name = n.name,
    description = n.description
FROM unnest(%(asset)s::text[], %(tag)s::text[], %(unit_si)s::text[], %(unit)s::text[], %(factor)s::double precision[],
    %(shift)s::double precision[], %(source)s::text[], %(name)s::text[], %(description)s::text[])
    AS n (asset, tag, unit_si, unit, factor, shift, source, name, description)
WHERE s.asset = n.asset AND s.tag = n.tag
    AND (s.unit_si, s.unit, s.factor, s.shift, s.source, s.name, s.description)
        IS DISTINCT FROM (n.unit_si, n.unit, n.factor, n.shift, n.source, n.name, n.description);

-- name: list_assets
SELECT asset, asset_id FROM thermaliq.asset WHERE asset = ANY(%(asset)s::text[]);

-- name: list_series
SELECT asset || '/' || tag, series_id FROM thermaliq.series WHERE asset = ANY(%(asset)s::text[]);
