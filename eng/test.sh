#!/usr/bin/env bash
# Sets the machine up if needed, builds everything without a warning, checks the formatting, runs all tests.
# The last line of stdout counts what ran. Exits non-zero when anything failed or nothing ran.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
results="$PWD/artifacts/tests"
rm -rf "$results"
mkdir -p "$results"
failed=0

step() {
    say "test: $1"
    shift
    "$@" || { failed=1; say "test: FAILED: $*"; return 1; }
}

finish() {
    eng/count.sh "$results" || failed=1
    exit "$failed"
}

step "set-up" eng/setup.sh || finish
step "build, where a warning is an error" dotnet build -c Release --nologo -v quiet -warnaserror --disable-build-servers FaceVault.sln || finish
step "formatting" dotnet format FaceVault.sln --no-restore --verify-no-changes -v quiet
step "tests" dotnet test -c Release --no-build --nologo -v quiet tests/FaceVault.Tests --results-directory "$results" \
    --logger "trx;LogFileName=tests.trx" --logger "console;verbosity=minimal" \
    --blame-hang-timeout 10m --blame-hang-dump-type none
if [ -x eng/narrow.sh ]; then
    step "kernels, encoding and memory on narrower vectors" eng/narrow.sh "$results"
fi
step "packages, installed and used as strangers do" eng/package.sh "$results"
finish
