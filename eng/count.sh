#!/usr/bin/env bash
# usage: eng/count.sh FOLDER
# Adds up the TRX result files below FOLDER and prints `N passed, N failed` (`, N skipped` if any); why tests were skipped goes to stderr.
# Exits non-zero when anything failed or nothing ran.
set -euo pipefail
find "$1" -name '*.trx' -print0 | xargs -0 -r grep -h -A 4 'outcome="NotExecuted"' | sed -n 's/.*<Message>\([^<]*\).*/\1/p' | sort | uniq -c | sort -rn \
    | sed 's/^ *\([0-9]*\) /test: \1 skipped: /' >&2 || true
find "$1" -name '*.trx' -print0 | xargs -0 -r cat | grep -o '<Counters [^>]*>' | awk '
    function value(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) + 0 : 0 }
    { total += value("total"); executed += value("executed"); passed += value("passed") }
    END {
        failed = executed - passed; skipped = total - executed
        printf "%d passed, %d failed%s\n", passed, failed, skipped ? ", " skipped " skipped" : ""
        exit failed > 0 || passed == 0
    }' || { status=$?; exit "$status"; }
