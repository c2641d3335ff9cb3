#ifndef KAAI_CXXHASH_SHIM_H
#define KAAI_CXXHASH_SHIM_H
// Inlined, so that a digest cell costs no call and nothing has to be linked.
#define XXH_INLINE_ALL
#define XXH_NO_XXH3
#include <stdint.h>
#include <xxhash.h>

static inline uint64_t kaai_xxh64(const void *p, size_t n, uint64_t seed) {
  return XXH64(p, n, seed);
}
#endif
