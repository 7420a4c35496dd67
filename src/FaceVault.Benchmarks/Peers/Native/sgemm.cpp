// A matrix product by OpenBLAS, then a selection of the best: what one writes who has a fast BLAS and no index library.
#include <algorithm>
#include <cblas.h>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

extern "C" void openblas_set_num_threads(int);

extern "C" int sgemm_search(const float *rows, long count, int dimensions, const float *probes, int probeCount, int top, int threads, float *scores, uint32_t *ids) {
    constexpr long Stretch = 1024; // products of a stretch stay in the cache until they are looked at
    openblas_set_num_threads(threads);
    std::vector<float> products((size_t)Stretch * probeCount);
    std::vector<int> counts(probeCount, 0);
    for (long first = 0; first < count; first += Stretch) {
        int n = (int)std::min(Stretch, count - first);
        if (probeCount == 1)
            cblas_sgemv(CblasRowMajor, CblasNoTrans, n, dimensions, 1, rows + first * dimensions, dimensions, probes, 1, 0, products.data(), 1);
        else
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, probeCount, n, dimensions, 1, probes, dimensions, rows + first * dimensions, dimensions, 0, products.data(), n);
        for (int probe = 0; probe < probeCount; probe++) {
            float *s = scores + (size_t)probe * top;
            uint32_t *d = ids + (size_t)probe * top;
            const float *row = products.data() + (size_t)probe * n;
            int filled = counts[probe];
            float floor = filled == top ? s[top - 1] : -std::numeric_limits<float>::infinity();
            for (int i = 0; i < n; i++) {
                if (!(row[i] > floor)) continue;
                int at = filled < top ? filled++ : top - 1;
                for (; at > 0 && row[i] > s[at - 1]; at--) {
                    s[at] = s[at - 1];
                    d[at] = d[at - 1];
                }
                s[at] = row[i];
                d[at] = (uint32_t)(first + i);
                if (filled == top) floor = s[top - 1];
            }
            counts[probe] = filled;
        }
    }
    return 0;
}

extern "C" const char *sgemm_build() { return openblas_get_config(); }
