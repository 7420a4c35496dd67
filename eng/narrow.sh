#!/usr/bin/env bash
# usage: eng/narrow.sh RESULTS
# Runs the tests of the matching kernels, of encoding and of what stays in memory again on narrower vectors, down to none. Each run asserts which kernel it got. Needs a Release build.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
results="${1:?usage: eng/narrow.sh RESULTS}"
failed=0

run() {
    local name="$1"
    shift
    env "$@" dotnet test -c Release --no-build --nologo -v quiet tests/FaceVault.Tests --results-directory "$results" \
        --filter 'FullyQualifiedName~DotKernelTests|FullyQualifiedName~TopCandidatesTests|FullyQualifiedName~GallerySearchTests|FullyQualifiedName~TemplateCodecTests|FullyQualifiedName~MemoryTests' \
        --logger "trx;LogFileName=narrow-$name.trx" --logger "console;verbosity=minimal" || failed=1
}

run avx512-without-vnni DOTNET_EnableAVXVNNI=0
run avx2-with-vnni DOTNET_EnableAVX512=0
run avx2 DOTNET_EnableAVX512=0 DOTNET_EnableAVXVNNI=0
run vector128 DOTNET_EnableAVX2=0
run sse DOTNET_EnableAVX=0
run scalar DOTNET_EnableHWIntrinsic=0
exit "$failed"
