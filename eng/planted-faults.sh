#!/usr/bin/env bash
# Plants each fault of tests/planted-faults in a copy of the committed sources, one at a time, and shows which test turns red (about half an hour).
#   eng/planted-faults.sh [NUMBER ...]      only these: eng/planted-faults.sh 03 11
# Ends with 0 when every fault was caught by the tests that its patch names, 1 otherwise. To write one's own: change a file of src, git diff > tests/planted-faults/35-what.patch,
# and put the two lines "Fault:" and "Caught by:" before it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git clone -q --shared . "$copy/tree"
log="$copy/log"

build() { dotnet build -c Release --nologo -v q -clp:ErrorsOnly -p:RunAnalyzers=false -p:TreatWarningsAsErrors=false "$copy/tree/tests/FaceVault.Tests" >"$log" 2>&1 || { cat "$log" >&2; return 1; }; }
run() { [ -n "$1" ] && dotnet test -c Release --no-build --nologo -v q --logger 'console;verbosity=normal' --filter "$1" "$copy/tree/tests/FaceVault.Tests" >"$log" 2>&1; }
filter() { sed -n 's/^Caught by: /FullyQualifiedName~/p' "$1"; }

patches=()
for patch in tests/planted-faults/*.patch; do
    number=$(basename "$patch"); number=${number%%-*}
    if [ $# -eq 0 ] || [[ " $* " == *" $number "* ]]; then patches+=("$PWD/$patch"); fi
done
[ ${#patches[@]} -gt 0 ] || { say "No such fault. There are: $(ls tests/planted-faults)"; exit 1; }

say "Without a fault:"
build
for patch in "${patches[@]}"; do filter "$patch"; done | sort -u >"$copy/filters"
run "$(paste -sd'|' "$copy/filters")" || { cat "$log" >&2; say "The tests are red without a fault."; exit 1; }
say "$(grep -E '^ *Passed: ' "$log" || echo 'green')"

missed=0
for patch in "${patches[@]}"; do
    fault=$(sed -n 's/^Fault: //p' "$patch")
    git -C "$copy/tree" apply -C1 "$patch"
    build || { say "$fault: the patched sources do not compile."; exit 1; }
    if run "$(filter "$patch")"; then caught='NOT CAUGHT'; else caught=$(sed -n 's/^ *Failed FaceVault\.Tests\.\([^ ([]*\).*/\1/p' "$log" | head -n 1); fi
    [ -n "$caught" ] || { cat "$log" >&2; caught='NOT RUN'; }
    case $caught in NOT*) missed=1 ;; esac
    printf '%-3s %-50s %s\n' "$(basename "$patch" | cut -c1-2)" "$fault" "$caught"
    if [ -n "${FACEVAULT_PLANTED_WHY:-}" ]; then grep -A 6 -m 1 'Error Message' "$log" || true; fi
    git -C "$copy/tree" apply -C1 -R "$patch"
done
exit $missed
