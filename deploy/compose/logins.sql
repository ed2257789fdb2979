-- The logins of the services, made anew or given the password of today; `thermaliq migrate` has made their groups.
\set ON_ERROR_STOP on
\set writer_password `cat /secrets/database_writer_password`
\set reader_password `cat /secrets/database_reader_password`

SELECT 'CREATE ROLE thermaliq_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'thermaliq_app') \gexec
ALTER ROLE thermaliq_app LOGIN PASSWORD :'writer_password';
GRANT thermaliq_writer TO thermaliq_app;

SELECT 'CREATE ROLE thermaliq_grafana' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'thermaliq_grafana') \gexec
ALTER ROLE thermaliq_grafana LOGIN PASSWORD :'reader_password' CONNECTION LIMIT 16;
ALTER ROLE thermaliq_grafana SET default_transaction_read_only = on;
ALTER ROLE thermaliq_grafana SET statement_timeout = '20s';
GRANT thermaliq_reader TO thermaliq_grafana;
