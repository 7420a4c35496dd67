// FAISS as its users call it: flat, scalar quantiser (8 bits) and HNSW over inner products of unit vectors.
#include <cstdint>
#include <cstdio>
#include <exception>
#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexScalarQuantizer.h>
#include <memory>
#include <omp.h>
#include <vector>

extern "C" {

char *openblas_get_corename();

// Which of its kernels OpenBLAS uses.
const char *faiss_blas() { return openblas_get_corename(); }

// kind: 0 flat, 1 scalar quantiser, 2 HNSW (16 links, 40 candidates while building).
void *faiss_make(int kind, const float *rows, long count, int dimensions, int threads) {
    try {
        omp_set_num_threads(threads);
        std::unique_ptr<faiss::Index> index;
        if (kind == 0)
            index = std::make_unique<faiss::IndexFlatIP>(dimensions);
        else if (kind == 1)
            index = std::make_unique<faiss::IndexScalarQuantizer>(dimensions, faiss::ScalarQuantizer::QT_8bit, faiss::METRIC_INNER_PRODUCT);
        else
            index = std::make_unique<faiss::IndexHNSWFlat>(dimensions, 16, faiss::METRIC_INNER_PRODUCT);
        if (!index->is_trained) index->train(std::min(count, 100000L), rows);
        index->add(count, rows);
        return index.release();
    } catch (const std::exception &failure) {
        std::fprintf(stderr, "faiss: %s\n", failure.what());
        return nullptr;
    }
}

// effort: how many candidates a search in a graph keeps; no meaning for the others.
int faiss_find(void *made, const float *probes, int probeCount, int top, int effort, int threads, float *scores, int64_t *ids) {
    try {
        omp_set_num_threads(threads);
        auto *index = static_cast<faiss::Index *>(made);
        if (auto *graph = dynamic_cast<faiss::IndexHNSW *>(index)) graph->hnsw.efSearch = effort;
        index->search(probeCount, probes, top, scores, ids);
        return 0;
    } catch (const std::exception &failure) {
        std::fprintf(stderr, "faiss: %s\n", failure.what());
        return 1;
    }
}

void faiss_drop(void *made) { delete static_cast<faiss::Index *>(made); }

}
