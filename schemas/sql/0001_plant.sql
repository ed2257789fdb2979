-- transaction: on
-- compatible-from: 1
-- The plant as its site files name it, and what it said.

CREATE TABLE thermaliq.asset (
    asset_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset text NOT NULL UNIQUE,
    site text NOT NULL,
    type text NOT NULL,
    group_key text NOT NULL
);

-- SI = plant's value * factor + shift
CREATE TABLE thermaliq.series (
    series_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asset text NOT NULL REFERENCES thermaliq.asset (asset),
    tag text NOT NULL,
    unit_si text NOT NULL,
    unit text NOT NULL,
    factor double precision NOT NULL,
    shift double precision NOT NULL,
    source text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    UNIQUE (asset, tag)
);

-- flag: schemas.quality.Flag; no foreign key, for it would be looked up once a row
CREATE TABLE thermaliq.reading (
    series_id integer NOT NULL,
    ts timestamptz NOT NULL,
    value double precision,
    status bigint NOT NULL,
    flag smallint NOT NULL,
    PRIMARY KEY (series_id, ts)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON thermaliq.asset, thermaliq.series, thermaliq.reading TO thermaliq_writer;
