/* FNV-1a with 64 bits (Fowler, Noll and Vo): hashes that name what is alike, and checksums against accidents, not against an
 * adversary.
 *
 *     uint64_t hash = fnv_text(FNV_START, "services");
 */
#ifndef FNV_H
#define FNV_H
#include <stddef.h>
#include <stdint.h>

#define FNV_START UINT64_C(0xcbf29ce484222325)

/* A whole number mixed in at once. */
static inline uint64_t fnv_number(uint64_t hash, uint64_t number) { return (hash ^ number) * UINT64_C(0x100000001b3); }

static inline uint64_t fnv_bytes(uint64_t hash, const void *bytes, size_t length) {
  const unsigned char *at = bytes;
  for (size_t i = 0; i < length; i++) hash = fnv_number(hash, at[i]);
  return hash;
}

static inline uint64_t fnv_text(uint64_t hash, const char *text) {
  for (; *text; text++) hash = fnv_number(hash, (unsigned char)*text);
  return hash;
}

#endif
