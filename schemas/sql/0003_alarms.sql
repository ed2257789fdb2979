-- transaction: on
-- compatible-from: 1
-- Alarms now, every transition, and the times of which nothing is known.

CREATE TABLE thermaliq.alarm (
    asset_id integer NOT NULL,
    name text NOT NULL,
    state text NOT NULL,
    priority text NOT NULL,
    episode timestamptz NOT NULL,
    since timestamptz NOT NULL,
    value double precision,
    limit_value double precision,
    pending_since timestamptz,
    judged timestamptz NOT NULL,
    revision integer NOT NULL,
    PRIMARY KEY (asset_id, name)
);

CREATE TABLE thermaliq.alarm_transition (
    asset_id integer NOT NULL,
    name text NOT NULL,
    episode timestamptz NOT NULL,
    state text NOT NULL,
    priority text NOT NULL,
    value double precision,
    limit_value double precision,
    window_end timestamptz NOT NULL,
    transition timestamptz NOT NULL,
    cause text NOT NULL,
    revision integer NOT NULL,
    PRIMARY KEY (asset_id, transition, name, episode, state, window_end, revision)
);

CREATE INDEX alarm_transition_time ON thermaliq.alarm_transition (transition);

CREATE TABLE thermaliq.gap (
    asset_id integer NOT NULL,
    source text NOT NULL,
    from_ts timestamptz NOT NULL,
    to_ts timestamptz NOT NULL,
    reason text NOT NULL,
    backfilled boolean NOT NULL,
    PRIMARY KEY (asset_id, source, from_ts, reason)
);

CREATE INDEX gap_time ON thermaliq.gap (from_ts);

GRANT SELECT, INSERT, UPDATE, DELETE ON thermaliq.alarm, thermaliq.alarm_transition, thermaliq.gap TO thermaliq_writer;
