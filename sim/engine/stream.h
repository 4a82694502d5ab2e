/* Random streams: as many independent sequences as there are things that draw, found by key and never shared.
 *
 * A stream is the 32 bytes of xoshiro256++ (Blackman and Vigna 2021; period 2^256 - 1), filled by SplitMix64 from a 64-bit
 * key. A key is mixed from (seed, replication, purpose, entity), so that adding a component never shifts the draws of
 * another one. stream_at gives the n-th substream of a key in a few nanoseconds: request n draws its demands from it
 * whatever the cluster looks like, and two architectures meet the same customers.
 *
 * Streams are plain values: copy them, keep them in a request, throw them away. Nothing here holds state of its own.
 * Exponential and normal variates come from a ziggurat with 256 layers and the full tail (Marsaglia and Tsang 2000); the
 * rare slow paths are in stream.c and use real.h, so that draws are the same bits with every C library.
 *
 *   uint64_t key = stream_key(seed, replication, PURPOSE_DEMAND, source);
 *   struct stream draws = stream_at(key, n);
 *   double work = mean * stream_exponential(&draws);
 */
#ifndef STREAM_H
#define STREAM_H
#include <assert.h>
#include <stdint.h>

struct stream {
  uint64_t s[4];
};

/* One layer of a ziggurat: an integer below `limit` times `scale` is accepted at once. */
struct ziggurat_layer {
  uint64_t limit;
  double scale;
};

extern const struct ziggurat_layer ziggurat_exponential[256];
extern const struct ziggurat_layer ziggurat_normal[256];

/* All four parts are mixed so that keys of neighbours have nothing in common. */
/* An entity by its name and its number within that name, for stream_key. */
uint64_t stream_entity(const char *name, uint64_t number);
uint64_t stream_key(uint64_t seed, uint64_t replication, uint64_t purpose, uint64_t entity);

/* The bijective finaliser of SplitMix64 (Steele, Lea and Flood 2014; constants by Stafford, mix 13). */
static inline uint64_t stream_mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

#define STREAM_GOLDEN 0x9e3779b97f4a7c15u /* increment of SplitMix64: 2^64 divided by the golden ratio */

/* The stream of a key: its state is the first four outputs of SplitMix64 seeded with the key. */
static inline struct stream stream_open(uint64_t key) {
  return (struct stream){{stream_mix(key + STREAM_GOLDEN), stream_mix(key + 2 * STREAM_GOLDEN), stream_mix(key + 3 * STREAM_GOLDEN),
                          stream_mix(key + 4 * STREAM_GOLDEN)}};
}

/* The n-th substream of a key. */
static inline struct stream stream_at(uint64_t key, uint64_t n) { return stream_open(stream_mix(key + n * 0xd1342543de82ef95u)); }

static inline uint64_t stream_rotate(uint64_t x, unsigned count) { return x << count | x >> (64 - count); }

/* 64 random bits. */
static inline uint64_t stream_bits(struct stream *stream) {
  uint64_t *s = stream->s, result = stream_rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = stream_rotate(s[3], 45);
  return result;
}

/* Uniform on (0, 1): a multiple of 2^-53, never 0 (which is drawn as 2^-53) and never 1. */
static inline double stream_uniform(struct stream *stream) {
  int64_t k = (int64_t)(stream_bits(stream) >> 11);
  return (double)(k + (k == 0)) * 0x1p-53;
}

/* Uniform on 0 .. n - 1, without bias: multiply and shift, and draw again in the uneven rest (Lemire 2019). */
static inline uint32_t stream_below(struct stream *stream, uint32_t n) {
  assert(n > 0);
  uint64_t product = (stream_bits(stream) >> 32) * n;
  if (__builtin_expect((uint32_t)product < n, 0))
    for (uint32_t uneven = -n % n; (uint32_t)product < uneven;) product = (stream_bits(stream) >> 32) * n;
  return (uint32_t)(product >> 32);
}

/* The draws outside of a layer's sure part; called by the two functions below. */
double stream_exponential_slow(struct stream *stream, uint64_t bits);
double stream_normal_slow(struct stream *stream, uint64_t bits);

/* Exponential with mean 1: low 8 bits choose the layer, the other 56 the place in it. */
static inline double stream_exponential(struct stream *stream) {
  uint64_t bits = stream_bits(stream), place = bits >> 8;
  const struct ziggurat_layer *layer = &ziggurat_exponential[bits & 255];
  if (__builtin_expect(place < layer->limit, 1)) return (double)(int64_t)place * layer->scale;
  return stream_exponential_slow(stream, bits);
}

/* Normal with mean 0 and variance 1: as above, the upper 56 bits with sign. */
static inline double stream_normal(struct stream *stream) {
  uint64_t bits = stream_bits(stream);
  int64_t place = (int64_t)bits >> 8;
  const struct ziggurat_layer *layer = &ziggurat_normal[bits & 255];
  if (__builtin_expect((uint64_t)(place < 0 ? -place : place) < layer->limit, 1)) return (double)place * layer->scale;
  return stream_normal_slow(stream, bits);
}

#endif
