#!/usr/bin/env bash
# Sets the machine up if needed, builds, and runs the demonstration: faces enrolled, matched, destroyed, and the destruction proved.
# Arguments are passed on to `facevault demo`.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
eng/setup.sh
say "demo: building"
dotnet build -c Release --nologo -v quiet -clp:ErrorsOnly --disable-build-servers src/FaceVault.Cli >&2
exec dotnet src/FaceVault.Cli/bin/Release/net10.0/FaceVault.Cli.dll demo "$@"
