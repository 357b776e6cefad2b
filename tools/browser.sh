#!/usr/bin/env bash
# Prints the path of a browser that the browser tests can drive: the one on this machine, else Debian's, else Playwright's own.
set -euo pipefail
cd "$(dirname "$0")/.."

on_this_machine() {
  if [[ -n ${CHROMIUM_PATH:-} ]]; then
    [[ -x $CHROMIUM_PATH ]] && echo "$CHROMIUM_PATH" && return
    echo "CHROMIUM_PATH is $CHROMIUM_PATH, which cannot be run: looking for another browser." >&2
  fi
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable \
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'; do
    command -v "$name" && return
  done
  return 1
}

playwrights_own() {
  local path
  path=$(node --input-type=module -e 'import { chromium } from "@playwright/test"; console.log(chromium.executablePath())')
  [[ -x $path ]] && echo "$path"
}

on_this_machine && exit
if [[ $(id -u) == 0 ]] && command -v apt-get > /dev/null; then
  tools/need.sh 'A browser' chromium && on_this_machine && exit
fi
playwrights_own && exit
echo "No browser on this machine: getting Playwright's own." >&2
npx playwright install chromium >&2 && playwrights_own && exit
echo "could not get a browser: none is installed, and neither apt-get nor Playwright could bring one." >&2
echo "Install Chromium or Chrome, or name one in CHROMIUM_PATH." >&2
exit 1
