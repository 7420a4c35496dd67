# Sourced by the scripts beside it: a quiet dotnet, no server left running behind a script, and the folder of the repository as working folder.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_CLI_UI_LANGUAGE=en
export DOTNET_SKIP_WORKLOAD_INTEGRITY_CHECK=1 # it needs to write beside the SDK, and complains when it may not
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
if [ ! -w "${HOME:-}" ]; then # services and containers often have none
    export HOME="$PWD/artifacts/home"
    mkdir -p "$HOME"
fi

say() { printf '%s\n' "$*" >&2; }
