#!/bin/sh
# Makes, once, what docker compose needs and nobody may know: .env with passwords, deploy/secrets/ with keys.
#
#   deploy/secrets.sh demo                     to try it out: a local issuer signs in whoever asks
#   deploy/secrets.sh https://sso.example.org  production: only tokens of this OIDC issuer count
#
# What is there is never overwritten: a lost master key loses every text sealed with it. Keep a copy elsewhere.
set -eu
cd "$(dirname "$0")/.."
umask 077

case "${1-}" in
  demo | http://* | https://*) ;;
  *) sed -n '2,7s/^# \{0,1\}//p' deploy/secrets.sh >&2; exit 2 ;;
esac
command -v openssl >/dev/null || { echo 'openssl is needed' >&2; exit 1; }

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# Files that containers read as another user: the folder is closed to everybody else on this machine.
mkdir -p deploy/secrets
for service in intake triage referral deadlines audit console; do
  [ -e "deploy/secrets/$service.key" ] || openssl rand -base64 32 >"deploy/secrets/$service.key"
done
# Under this the console is a client of the issuer: told to it, or replaced by the one that it gives out.
[ -e deploy/secrets/client.secret ] || openssl rand -hex 32 >deploy/secrets/client.secret
if [ ! -e deploy/secrets/receipts.json ]; then
  key=$(openssl genpkey -algorithm ed25519)
  x=$(echo "$key" | openssl pkey -pubout -outform DER | tail -c 32 | base64url)
  d=$(echo "$key" | openssl pkey -outform DER | tail -c 32 | base64url)
  printf '{"kty":"OKP","crv":"Ed25519","x":"%s"}\n' "$x" >deploy/secrets/receipts.public.json
  printf '{"kty":"OKP","crv":"Ed25519","x":"%s","d":"%s"}\n' "$x" "$d" >deploy/secrets/receipts.json
fi
chmod 0444 deploy/secrets/*

if [ -e .env ]; then
  echo '.env is there already and stays as it is'
  exit 0
fi
{
  if [ "$1" = demo ]; then
    echo 'COMPOSE_PROFILES=demo'
    echo 'BANCHENG_ENV=local'
    echo 'BANCHENG_OIDC_ISSUER=http://127.0.0.1:8009'
    echo 'BANCHENG_OIDC_DISCOVERY_URL=http://issuer:8000/.well-known/openid-configuration'
  else
    echo "BANCHENG_OIDC_ISSUER=$1"
  fi
  for name in POSTGRES INTAKE TRIAGE REFERRAL DEADLINES AUDIT CONSOLE; do
    echo "${name}_PASSWORD=$(openssl rand -hex 24)"
  done
} >.env.unfinished
mv .env.unfinished .env
echo 'made .env and deploy/secrets/'
