/* Random streams: keys and the slow paths of the ziggurats.
 *
 * In layer i > 0 the place x = place * scale lies between the edges of the layer; it is kept when a uniform height between
 * the densities at the two edges is below the density at x. Layer 0 is the base strip: what is beyond its edge is drawn
 * from the tail exactly, for the exponential by memorylessness, for the normal by Marsaglia (1964). */
#include "sim/engine/stream.h"
#include "sim/engine/fnv.h"
#include "sim/engine/real.h"
#include "sim/engine/ziggurat.h"

uint64_t stream_entity(const char *name, uint64_t number) { return stream_mix(fnv_text(FNV_START, name) + number * STREAM_GOLDEN); }

uint64_t stream_key(uint64_t seed, uint64_t replication, uint64_t purpose, uint64_t entity) {
  uint64_t key = stream_mix(seed + STREAM_GOLDEN);
  key = stream_mix((key ^ replication) + STREAM_GOLDEN);
  key = stream_mix((key ^ purpose) + STREAM_GOLDEN);
  return stream_mix((key ^ entity) + STREAM_GOLDEN);
}

double stream_exponential_slow(struct stream *stream, uint64_t bits) {
  for (;;) {
    uint32_t i = bits & 255;
    uint64_t place = bits >> 8;
    double x = (double)(int64_t)place * ziggurat_exponential[i].scale;
    if (place < ziggurat_exponential[i].limit) return x;
    if (i == 0) return ZIGGURAT_EXPONENTIAL_EDGE - real_log(stream_uniform(stream));
    double outer = ziggurat_exponential_density[i], inner = ziggurat_exponential_density[i + 1];
    if (outer + stream_uniform(stream) * (inner - outer) < real_exp(-x)) return x;
    bits = stream_bits(stream);
  }
}

/* Beyond the edge r: x = -log(u)/r with weight exp(-x^2/2). */
static double normal_tail(struct stream *stream) {
  for (;;) {
    double x = -real_log(stream_uniform(stream)) / ZIGGURAT_NORMAL_EDGE;
    double y = -real_log(stream_uniform(stream));
    if (2 * y > x * x) return ZIGGURAT_NORMAL_EDGE + x;
  }
}

double stream_normal_slow(struct stream *stream, uint64_t bits) {
  for (;;) {
    uint32_t i = bits & 255;
    int64_t place = (int64_t)bits >> 8;
    double x = (double)place * ziggurat_normal[i].scale;
    if ((uint64_t)(place < 0 ? -place : place) < ziggurat_normal[i].limit) return x;
    if (i == 0) return place < 0 ? -normal_tail(stream) : normal_tail(stream);
    double outer = ziggurat_normal_density[i], inner = ziggurat_normal_density[i + 1];
    if (outer + stream_uniform(stream) * (inner - outer) < real_exp(-0.5 * x * x)) return x;
    bits = stream_bits(stream);
  }
}
