-- transaction: on
-- compatible-from: 5
-- How far the numbered batches of each source have come, so that a hole is told once, whoever reads on.

-- session '' and sequence -1: none yet
ALTER TABLE thermaliq.watermark
    ADD COLUMN session text NOT NULL DEFAULT '',
    ADD COLUMN sequence bigint NOT NULL DEFAULT -1,
    ADD COLUMN told timestamptz;
