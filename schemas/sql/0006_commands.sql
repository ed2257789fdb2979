-- transaction: on
-- compatible-from: 5
-- What operators and engineers asked for, what became of it, and what an alarm keeps of it.

-- beneath: while it is shelved, the state that it would be in
ALTER TABLE thermaliq.alarm
    ADD COLUMN acknowledged_by text,
    ADD COLUMN comment text,
    ADD COLUMN shelved_until timestamptz,
    ADD COLUMN beneath text;

-- outcome: 'applied', 'running' (a recompute that goes on), or the code of the refusal
CREATE TABLE thermaliq.command (
    command_id text PRIMARY KEY,
    kind text NOT NULL,
    asset_id integer NOT NULL,
    alarm text,
    requested_by text NOT NULL,
    comment text NOT NULL,
    topic text NOT NULL,
    kafka_partition integer NOT NULL,
    kafka_offset bigint NOT NULL,
    appended timestamptz NOT NULL,
    outcome text NOT NULL,
    request jsonb NOT NULL,
    before jsonb,
    after jsonb,
    committed timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX command_appended ON thermaliq.command (appended);

CREATE INDEX command_running ON thermaliq.command (asset_id) WHERE outcome = 'running';

GRANT SELECT, INSERT, UPDATE, DELETE ON thermaliq.command TO thermaliq_writer;
