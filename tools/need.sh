#!/usr/bin/env bash
# Installs one Debian package when it may, and otherwise says plainly what is missing.
#   tools/need.sh 'what it is' debian-package
set -euo pipefail
what=$1 package=$2
if [[ $(id -u) == 0 ]] && command -v apt-get > /dev/null; then
  echo "$what is not here: installing Debian's package $package" >&2
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends "$package" > /dev/null; then
    exit 0
  fi
  echo "could not get $what: apt-get did not install $package." >&2
else
  echo "$what is needed and not here. On Debian: apt-get install $package" >&2
fi
exit 1
