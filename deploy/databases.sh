#!/bin/sh
# One role and one database for each service; run again it changes nothing but the passwords, to those given.
# Needs PGHOST, PGUSER, PGPASSWORD and INTAKE_PASSWORD, TRIAGE_PASSWORD, …
set -eu
for service in intake triage referral deadlines audit console; do
  PASSWORD=$(printenv "$(echo "$service" | tr a-z A-Z)_PASSWORD") psql --quiet --no-psqlrc \
    --set=ON_ERROR_STOP=1 --set=service="$service" postgres <<'SQL'
\getenv password PASSWORD
SELECT format('CREATE ROLE %I LOGIN', :'service')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'service') \gexec
ALTER ROLE :"service" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'service', :'service')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'service') \gexec
REVOKE CONNECT ON DATABASE :"service" FROM PUBLIC;
SQL
  echo "$service: role and database are there"
done
