// Operations that only registers bound: fused multiply-adds of 16 floats, and multiply-adds of 32 bytes with 256-bit vectors, the widest that .NET has. Twelve sums of their own, so that none waits for itself.
#include <immintrin.h>

extern "C" double peak_fma(long rounds) {
    __m512 s[12], x = _mm512_set1_ps(1e-9f), y = _mm512_set1_ps(1.0f);
    for (int i = 0; i < 12; i++) s[i] = _mm512_set1_ps((float)i);
    for (long r = 0; r < rounds; r++) {
#pragma GCC unroll 12
        for (int i = 0; i < 12; i++) s[i] = _mm512_fmadd_ps(x, y, s[i]);
    }
    double sum = 0;
    for (auto &v : s) sum += _mm512_reduce_add_ps(v);
    return sum;
}

extern "C" double peak_vnni(long rounds) {
    __m256i s[12], x = _mm256_set1_epi8(3), y = _mm256_set1_epi8(5);
    for (int i = 0; i < 12; i++) s[i] = _mm256_set1_epi32(i);
    for (long r = 0; r < rounds; r++) {
#pragma GCC unroll 12
        for (int i = 0; i < 12; i++) s[i] = _mm256_dpbusd_epi32(s[i], x, y);
        __asm__ volatile("" : "+x"(x), "+x"(y)); // nothing may be taken out of the loop
    }
    double sum = 0;
    for (auto &v : s) sum += _mm256_extract_epi32(v, 0);
    return sum;
}
