#!/usr/bin/env bash
# Builds every function with `sam build` and runs tests/cloud over what `sam deploy` makes of the template. For `make cloud-test` and `make cloud-privilege`.
#
# The template is built as it is; only the environment says how. Why so: docs/decisions/0009-one-build-for-the-cloud-suite.md.
set -euo pipefail
cd "$(dirname "$0")/.."

case "$(uname -m)" in
  x86_64) architecture=x86_64 ;;
  aarch64 | arm64) architecture=arm64 ;;
  *) echo "the simulated AWS runs functions as programs of this machine: x86_64 or arm64, not $(uname -m)" >&2; exit 1 ;;
esac
[ "$(uname -s)" = Linux ] || { echo 'functions are Linux programs: run this on Linux' >&2; exit 1; }

export PATH="$PWD/.venv/bin:$PATH" SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-central-1
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}" FRONTDESK_BUILD="$PWD/target/cloud/build"
# The dev profile without what only a debugger wants: the fastest to build, and small enough to upload.
export SAM_BUILD_MODE=debug CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_DEV_STRIP=symbols
# The host's own linker, and every function in the first of the builds that `sam build` asks for: one set of features, so the SDK is
# compiled once, and the other builds find all done. The simulators are programs beside the functions.
packages=$(printf -- '--package %s ' $(ls functions) sim)
export CARGO_LAMBDA_COMPILER=cargo CARGO_LAMBDA_COMPILER_EXTRA_ARGS="${packages% }"

mkdir -p target
echo "== build"
started=$SECONDS
sam build --no-cached --build-dir "$FRONTDESK_BUILD" --parameter-overrides "Architecture=$architecture" > target/cloud-build.log 2>&1 ||
  { cat target/cloud-build.log; exit 1; }
echo "built in $((SECONDS - started)) s"

# cargo-lambda moves every program it finds to where functions are.
export FRONTDESK_ARCHITECTURE=$architecture FRONTDESK_SIMULATORS="$CARGO_TARGET_DIR/lambda/sim/bootstrap"
exec .venv-cloud/bin/python -m pytest "${FRONTDESK_TESTS:-tests/cloud}" "$@"
