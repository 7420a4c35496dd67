#!/usr/bin/env bash
# usage: eng/peers.sh [FOLDER]
# Installs what FaceVault is measured against: FAISS and OpenBLAS from the system's packages, USearch with its kernels compiled from its package.
# The benchmark program finds it from the top of the repository; from elsewhere, or with another FOLDER, it needs the variable that is printed.
set -euo pipefail
folder="${1:-$(dirname "${BASH_SOURCE[0]}")/../artifacts/peers}"
mkdir -p "$folder"
cd "$folder"
dpkg -s g++ libfaiss-dev libopenblas-dev >/dev/null 2>&1 || apt-get install -y -q g++ libfaiss-dev libopenblas-dev >&2
if [ ! -f usearch/libusearch_c.so ]; then
    rm -rf usearch
    npm pack --silent usearch >&2
    tar xzf usearch-*.tgz
    mv package usearch
    cd usearch
    node numkong/probes/probe.js numkong >/dev/null
    gcc -O3 -fPIC -std=c11 -w -DNK_DYNAMIC_DISPATCH=1 -Inumkong/include -include numkong/nk_probes.h -c numkong/c/*.c 2>/dev/null
    g++ -O3 -fPIC -std=c++17 -w -shared -DUSEARCH_USE_NUMKONG=1 -DNK_DYNAMIC_DISPATCH=1 -Iinclude -Inumkong/include c/lib.cpp ./*.o -o libusearch_c.so
    rm -f ./*.o
    cd ..
fi
echo "export LD_LIBRARY_PATH=$PWD/usearch"
