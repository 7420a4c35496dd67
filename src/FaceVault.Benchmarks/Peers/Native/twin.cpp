// The float32 search of FaceVault written in C++ with AVX-512 intrinsics: the same panels, tiles, order of work and selection, on one thread or several. Compiled by the harness.
#include <immintrin.h>
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <limits>
#include <thread>
#include <vector>

namespace {

constexpr int Lanes = 32;       // templates in a panel
constexpr int Tile = 12;        // probes in a packed tile
constexpr long BlockBytes = 512 * 1024;

struct Best {
    int top;
    std::vector<float> floors, scores;
    std::vector<int> counts;
    std::vector<uint32_t> ids;

    Best(int probes, int k) : top(k), floors(probes, -std::numeric_limits<float>::infinity()), scores((size_t)probes * k), counts(probes, 0), ids((size_t)probes * k) {}

    void insert(int probe, float score, uint32_t id) {
        float *s = &scores[(size_t)probe * top];
        uint32_t *n = &ids[(size_t)probe * top];
        int &count = counts[probe];
        if (count == top && !(score > s[top - 1] || (score == s[top - 1] && id < n[top - 1]))) return;
        int at = count < top ? count++ : top - 1;
        for (; at > 0 && (score > s[at - 1] || (score == s[at - 1] && id < n[at - 1])); at--) {
            s[at] = s[at - 1];
            n[at] = n[at - 1];
        }
        s[at] = score;
        n[at] = id;
        if (count == top) floors[probe] = s[top - 1];
    }

    inline void offer(int probe, __m512 score, uint32_t id) {
        __mmask16 passed = _mm512_cmp_ps_mask(score, _mm512_set1_ps(floors[probe]), _CMP_GE_OQ);
        if (__builtin_expect(passed != 0, 0)) take(probe, passed, score, id);
    }

    __attribute__((noinline)) void take(int probe, unsigned passed, __m512 score, uint32_t id) {
        alignas(64) float values[16];
        _mm512_store_ps(values, score);
        for (; passed; passed &= passed - 1) {
            int lane = __builtin_ctz(passed);
            insert(probe, values[lane], id + lane);
        }
    }
};

// One probe against four panels that lie a quarter of the block apart.
void one(const float *panels, long apart, const float *probe, int rows, uint32_t id, uint32_t idsApart, Best &best) {
    const float *p0 = panels, *p1 = p0 + apart, *p2 = p1 + apart, *p3 = p2 + apart;
    __m512 s[8];
    for (auto &sum : s) sum = _mm512_setzero_ps();
    for (int row = 0; row < rows; row++) {
        __m512 x = _mm512_set1_ps(probe[(long)row * Tile]);
        s[0] = _mm512_fmadd_ps(x, _mm512_load_ps(p0 + row * Lanes), s[0]);
        s[1] = _mm512_fmadd_ps(x, _mm512_load_ps(p0 + row * Lanes + 16), s[1]);
        s[2] = _mm512_fmadd_ps(x, _mm512_load_ps(p1 + row * Lanes), s[2]);
        s[3] = _mm512_fmadd_ps(x, _mm512_load_ps(p1 + row * Lanes + 16), s[3]);
        s[4] = _mm512_fmadd_ps(x, _mm512_load_ps(p2 + row * Lanes), s[4]);
        s[5] = _mm512_fmadd_ps(x, _mm512_load_ps(p2 + row * Lanes + 16), s[5]);
        s[6] = _mm512_fmadd_ps(x, _mm512_load_ps(p3 + row * Lanes), s[6]);
        s[7] = _mm512_fmadd_ps(x, _mm512_load_ps(p3 + row * Lanes + 16), s[7]);
    }
    for (int i = 0; i < 8; i++) best.offer(0, s[i], id + (i / 2) * idsApart + (i % 2) * 16);
}

// Twelve probes against a panel: 24 sums, two rows and a broadcast in the 32 registers.
void twelve(const float *panel, const float *tile, int rows, int first, int count, uint32_t id, Best &best) {
    __m512 a[Tile], b[Tile];
    for (int i = 0; i < Tile; i++) a[i] = b[i] = _mm512_setzero_ps();
    for (int row = 0; row < rows; row++, panel += Lanes, tile += Tile) {
        __m512 low = _mm512_load_ps(panel), high = _mm512_load_ps(panel + 16);
#pragma GCC unroll 12
        for (int i = 0; i < Tile; i++) {
            __m512 x = _mm512_set1_ps(tile[i]);
            a[i] = _mm512_fmadd_ps(x, low, a[i]);
            b[i] = _mm512_fmadd_ps(x, high, b[i]);
        }
    }
#pragma GCC unroll 12
    for (int i = 0; i < Tile; i++) {
        if (i >= count) break;
        best.offer(first + i, a[i], id);
        best.offer(first + i, b[i], id + 16);
    }
}

} // namespace

extern "C" {

// panels: each of rows * 32 floats, a multiple of four per block; tiles: each of rows * 12 floats, missing probes zero. Scores and ids: probes * top, best first.
int twin_search(const float *panels, long panelCount, int rows, const float *tiles, int probes, int top, int threads, float *scores, uint32_t *ids) {
    long perBlock = std::max(4L, BlockBytes / ((long)rows * Lanes * 4) / 4 * 4), blocks = (panelCount + perBlock - 1) / perBlock;
    if (panelCount % 4 != 0) return 1;
    std::atomic<long> next{0};
    std::vector<Best> bests(threads, Best(probes, top));
    auto work = [&](int worker) {
        Best &best = bests[worker];
        for (long block; (block = next++) < blocks;) {
            long first = block * perBlock, count = std::min(perBlock, panelCount - first), size = (long)rows * Lanes;
            if (probes == 1) {
                long quarter = count / 4;
                for (long panel = 0; panel < quarter; panel++)
                    one(panels + (first + panel) * size, quarter * size, tiles, rows, (uint32_t)((first + panel) * Lanes), (uint32_t)(quarter * Lanes), best);
                continue;
            }
            for (long panel = first; panel < first + count; panel++)
                for (int probe = 0; probe < probes; probe += Tile)
                    twelve(panels + panel * size, tiles + (long)(probe / Tile) * rows * Tile, rows, probe, std::min(Tile, probes - probe), (uint32_t)(panel * Lanes), best);
        }
    };
    std::vector<std::thread> helpers;
    for (int i = 1; i < threads; i++) helpers.emplace_back(work, i);
    work(0);
    for (auto &helper : helpers) helper.join();
    for (int i = 1; i < threads; i++)
        for (int probe = 0; probe < probes; probe++)
            for (int j = 0; j < bests[i].counts[probe]; j++) bests[0].insert(probe, bests[i].scores[(size_t)probe * top + j], bests[i].ids[(size_t)probe * top + j]);
    std::memcpy(scores, bests[0].scores.data(), sizeof(float) * probes * top);
    std::memcpy(ids, bests[0].ids.data(), sizeof(uint32_t) * probes * top);
    return 0;
}

}
