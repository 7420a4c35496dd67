#!/usr/bin/env bash
# Makes a fresh machine ready: checks the .NET 10 SDK and installs native libsodium through the system's package manager when it is missing.
# Does nothing when both are there. Works as root or with sudo; says what it does before it does it.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if ! command -v dotnet >/dev/null; then
    say "setup: the .NET 10 SDK is needed and dotnet was not found. Install it (https://dotnet.microsoft.com/download/dotnet/10.0) and run this again."
    exit 1
fi
if ! dotnet --list-sdks | grep -q '^10\.'; then
    say "setup: the .NET 10 SDK is needed; this machine has: $(dotnet --list-sdks | cut -d' ' -f1 | tr '\n' ' ')"
    exit 1
fi

has_libsodium() {
    local folder name search="${LD_LIBRARY_PATH:-}"
    for folder in /lib /usr/lib /usr/local/lib /lib64 /usr/lib64 /usr/local/lib64 "/lib/$(uname -m)-linux-gnu" "/usr/lib/$(uname -m)-linux-gnu" ${search//:/ }; do
        for name in libsodium.so libsodium.so.26 libsodium.so.23; do
            [ -e "$folder/$name" ] && return 0
        done
    done
    ldconfig -p 2>/dev/null | grep -q 'libsodium\.so\(\.2[36]\)\? '
}

as_root() {
    say "setup: $*"
    if [ "$(id -u)" -eq 0 ]; then
        "$@" >&2
    elif command -v sudo >/dev/null; then
        sudo "$@" >&2
    else
        say "setup: this needs root and there is no sudo. Run the command above as root, then run this again."
        exit 1
    fi
}

install_libsodium() {
    say "setup: native libsodium is missing; installing it through the system's package manager."
    if command -v apt-get >/dev/null; then
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends libsodium23 && return
        say "setup: the package lists may be old; refreshing them."
        as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends libsodium23
    elif command -v dnf >/dev/null; then
        as_root dnf install -y libsodium
    elif command -v apk >/dev/null; then
        as_root apk add libsodium
    else
        say "setup: no apt-get, dnf or apk here. Install libsodium 1.0.18 or newer by hand and run this again."
        exit 1
    fi
}

if ! has_libsodium; then
    install_libsodium
    has_libsodium || { say "setup: libsodium is still not found after the installation."; exit 1; }
fi
