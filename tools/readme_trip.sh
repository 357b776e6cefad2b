#!/bin/sh
# Runs the block under "The whole trip by curl" of README.md exactly as it stands, and says whether it came to its end.
# FRONTDESK_URL is the running front desk, http://localhost:3000 without it. Best on a desk without data: a mail to Ann or to the
# owner that was there before would be counted as one of this trip.
set -eu
cd "$(dirname "$0")/.."

block=$(awk '/^## /{here = /^## The whole trip by curl$/} here && /^```$/{exit} inside{print} here && /^```sh$/{inside = 1}' README.md)
[ -n "$block" ] || { echo 'README.md has no block under "The whole trip by curl".' >&2; exit 1; }

said=$(sh -euc "$block") || { code=$?; printf '%s\n' "$said"; exit "$code"; }
printf '%s\n' "$said"

expect() { # how often, what, in what was said
  found=$(printf '%s\n' "$said" | grep -c -- "$2" || true)
  [ "$found" -eq "$1" ] || { echo "expected $1 time(s), found $found: $2" >&2; exit 1; }
}
expect 1 '^event: done'
expect 1 '"operation":"create_customer_booking".*"preview"'
expect 1 '"status":"PENDING_PAYMENT"'
expect 1 '^paid: 303$'
expect 1 '^{"waiting":0,"parked":0}$'
expect 1 '^"subject":"Please pay to keep your booking'
expect 1 '^"subject":"Confirmed: Portrait session'
expect 1 '^"subject":"New booking: Portrait session'
expect 3 '^"subject":'
expect 1 '"status":"CONFIRMED".*"paidAt":"'
