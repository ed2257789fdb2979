-- transaction: on
-- compatible-from: 1
-- Where the stream stands: what a worker that takes a partition over goes on from.

-- next_offset null: never read; a commit holds `WHERE epoch = mine`
CREATE TABLE thermaliq.checkpoint (
    app text NOT NULL,
    cluster_id text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    epoch bigint NOT NULL DEFAULT 1,
    next_offset bigint,
    next_seq bigint NOT NULL DEFAULT 1,
    append_us bigint NOT NULL DEFAULT 0,
    published_seq bigint NOT NULL DEFAULT 0,
    taken timestamptz NOT NULL DEFAULT now(),
    committed timestamptz,
    PRIMARY KEY (app, topic, partition, cluster_id)
) WITH (fillfactor = 50);

CREATE TABLE thermaliq.watermark (
    asset_id integer NOT NULL,
    source text NOT NULL,
    newest timestamptz NOT NULL,
    rose timestamptz NOT NULL,
    PRIMARY KEY (asset_id, source)
) WITH (fillfactor = 50);

CREATE TABLE thermaliq.progress (
    asset_id integer PRIMARY KEY,
    first_ts timestamptz NOT NULL,
    closed timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE thermaliq.recompute_queue (
    asset_id integer NOT NULL,
    from_ts timestamptz NOT NULL,
    to_ts timestamptz NOT NULL,
    queued timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (asset_id, from_ts, to_ts)
);

-- (app, readings_topic, origin) is the partition whose pass wrote the row; `topic` is where it is going
CREATE TABLE thermaliq.outbox (
    app text NOT NULL,
    readings_topic text NOT NULL,
    origin integer NOT NULL,
    seq bigint NOT NULL,
    topic text NOT NULL,
    key bytea,
    value bytea NOT NULL,
    headers json NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (app, readings_topic, origin, seq)
);

CREATE TABLE thermaliq.dead_letter (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    time timestamptz NOT NULL,
    code text NOT NULL,
    stage text NOT NULL,
    cluster_id text NOT NULL,
    topic text NOT NULL,
    kafka_partition integer NOT NULL,
    kafka_offset bigint NOT NULL,
    key bytea,
    value bytea NOT NULL,
    failures json,
    detail text NOT NULL,
    replayed timestamptz,
    UNIQUE (cluster_id, topic, kafka_partition, kafka_offset, stage, code)
);

CREATE INDEX dead_letter_time ON thermaliq.dead_letter (time);

GRANT SELECT, INSERT, UPDATE, DELETE
    ON thermaliq.checkpoint, thermaliq.watermark, thermaliq.progress, thermaliq.recompute_queue, thermaliq.outbox,
       thermaliq.dead_letter
    TO thermaliq_writer;
