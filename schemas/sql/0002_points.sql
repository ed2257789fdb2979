-- transaction: on
-- compatible-from: 1
-- What is computed from readings.

CREATE TABLE thermaliq.pane (
    asset_id integer NOT NULL,
    pane_end timestamptz NOT NULL,
    length_us bigint NOT NULL,
    covered_us bigint NOT NULL,
    integrated_us bigint NOT NULL,
    steady_us bigint NOT NULL,
    off_us bigint NOT NULL,
    excluded_us bigint NOT NULL,
    samples bigint NOT NULL,
    layout text NOT NULL,
    integrals double precision[] NOT NULL,
    sensitivities double precision[] NOT NULL,
    reasons text[] NOT NULL,
    PRIMARY KEY (asset_id, pane_end)
);

CREATE TABLE thermaliq.point (
    asset_id integer NOT NULL,
    window_name text NOT NULL,
    window_end timestamptz NOT NULL,
    window_start timestamptz NOT NULL,
    length_s double precision NOT NULL,
    type text NOT NULL,
    revision integer NOT NULL,
    eta double precision,
    eta_u95 double precision,
    energy_in_j double precision,
    energy_out_j double precision,
    losses_j jsonb NOT NULL,
    residual_j double precision,
    "values" jsonb NOT NULL,
    coverage double precision NOT NULL,
    steady_fraction double precision,
    quality text NOT NULL,
    reasons text[] NOT NULL,
    method text NOT NULL,
    provenance text NOT NULL,
    PRIMARY KEY (asset_id, window_name, window_end)
);

-- points that a later revision replaced
CREATE TABLE thermaliq.point_revision (
    LIKE thermaliq.point,
    replaced timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (asset_id, window_name, window_end, revision)
);

CREATE TABLE thermaliq.provenance (
    hash text PRIMARY KEY,
    document jsonb NOT NULL,
    created timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE thermaliq.calculation (
    id text PRIMARY KEY,
    type text NOT NULL,
    status text NOT NULL,
    request jsonb NOT NULL,
    answer jsonb,
    provenance text,
    created timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX calculation_created ON thermaliq.calculation (created);

GRANT SELECT, INSERT, UPDATE, DELETE
    ON thermaliq.pane, thermaliq.point, thermaliq.point_revision, thermaliq.provenance, thermaliq.calculation
    TO thermaliq_writer;
