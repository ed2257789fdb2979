-- What every `thermaliq migrate` makes sure of before the numbered migrations. Each block may run any number of times,
-- in several databases of one server at once (roles belong to the server).

-- name: create_roles
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['thermaliq_owner', 'thermaliq_writer', 'thermaliq_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- another database's migration was faster
            END;
        END IF;
    END LOOP;
END $$;

-- name: join_owner
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'thermaliq_owner', 'USAGE') THEN
        GRANT thermaliq_owner TO CURRENT_USER;
    END IF;
EXCEPTION WHEN internal_error THEN
    NULL; -- the same grant, at the same moment, from another database's migration
END $$;

-- name: open_database
DO $$
BEGIN
    IF NOT has_database_privilege('thermaliq_owner', current_database(), 'CREATE') THEN
        EXECUTE format('GRANT CREATE ON DATABASE %I TO thermaliq_owner', current_database());
    END IF;
END $$;

-- name: become_owner
SET ROLE thermaliq_owner;

-- name: leave_owner
RESET ROLE;

-- name: create_schema
CREATE SCHEMA IF NOT EXISTS thermaliq;

CREATE TABLE IF NOT EXISTS thermaliq.schema_migration (
    version integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    compatible_from integer NOT NULL,
    applied timestamptz NOT NULL DEFAULT now()
);

GRANT USAGE ON SCHEMA thermaliq TO thermaliq_writer, thermaliq_reader;

GRANT SELECT ON thermaliq.schema_migration TO thermaliq_writer;

-- name: has_migrations
SELECT to_regclass('thermaliq.schema_migration') IS NOT NULL;

-- name: list_migrations
SELECT version, name, checksum, compatible_from FROM thermaliq.schema_migration ORDER BY version;

-- name: record_migration
INSERT INTO thermaliq.schema_migration (version, name, checksum, compatible_from)
VALUES (%(version)s, %(name)s, %(checksum)s, %(compatible_from)s);

-- name: lock
SELECT pg_advisory_lock(hashtextextended('thermaliq.migrate', 0));

-- name: unlock
SELECT pg_advisory_unlock(hashtextextended('thermaliq.migrate', 0));

-- name: may_have_timescaledb
-- the loader's own setting stands there only where the server preloads it; creating it otherwise ends the connection
SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb')
   AND EXISTS (SELECT FROM pg_settings WHERE name = 'timescaledb.max_background_workers');

-- name: create_timescaledb
CREATE EXTENSION IF NOT EXISTS timescaledb;

-- name: edition
SELECT CASE
    WHEN NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN 'postgres'
    WHEN current_setting('timescaledb.license', true) = 'timescale' THEN 'timescale'
    ELSE 'apache'
END;
