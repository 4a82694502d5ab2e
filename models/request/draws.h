/* Numbers of random draws. What a request draws comes from streams stream_at(key, number) of its key, and a number is drawn from
 * once a key. So whoever draws needs numbers that are its own, and that do not move when something else comes or goes: the same
 * customers then meet every architecture. They are dealt in bands:
 *
 *     instructions      1, 2, 3 ...: dealt by the compiler, one to each instruction that may draw (compile_emit)
 *     of a pooler       those that a pooler puts before a query; the query's own do not move
 *     all others        a band for each thing that is drawn, and within it by the number of the instruction, and by a count where
 *     it
 *                       draws more than once
 *
 *     parts             DRAWS_OF_A_PART bands for each part of the list (models/core/parts.h), by its number: nobody deals them by
 *     hand
 *
 * An instruction without a number of its own has that of the one before it (compile_emit_quietly): it draws from a band only.
 * draw_bands lists them all; no two overlap, which tests/models/core/test_draws.c checks. Who adds something that draws adds a band
 * there. */
#ifndef DRAWS_H
#define DRAWS_H
#include "models/core/parts.h"
#include "models/request/program_size.h"
#include <assert.h>
#include <stdint.h>

/* Bands of more than one draw an instruction: band, count, instruction. 0: the low numbers. */
enum draw_band_number {
  BAND_LOW,
  BAND_PATIENCE,
  BAND_DISK_READ,
  BAND_CONFLICT,
  BAND_APPLY,
  BAND_SHIP,
  BAND_FLUSH,
  BAND_VERSION,
  BANDS
};

enum { DRAW_INSTRUCTION_BITS = 24, DRAW_COUNT_BITS = 32 };

struct draw_band {
  const char *name;
  uint64_t first, last;
};
extern const struct draw_band draw_bands[]; /* ends with a null name */

static inline uint64_t draw_in_band(enum draw_band_number band, uint32_t instruction, uint32_t count) {
  assert(!(instruction >> DRAW_INSTRUCTION_BITS));
  return (uint64_t)band << (DRAW_INSTRUCTION_BITS + DRAW_COUNT_BITS) | (uint64_t)count << DRAW_INSTRUCTION_BITS | instruction;
}

/* Bands of parts lie behind all others. */
enum { DRAWS_OF_A_PART = 3, BAND_OF_PARTS = 16 };
static_assert((int)BANDS <= (int)BAND_OF_PARTS && BAND_OF_PARTS + DRAWS_OF_A_PART * PARTS_MOST <= 256, "a band has eight bits");

/* The which-th of what a part draws, less than DRAWS_OF_A_PART. */
static inline uint64_t draw_of_part(enum part_number part, uint32_t which, uint32_t instruction, uint32_t count) {
  assert(which < DRAWS_OF_A_PART);
  return draw_in_band((enum draw_band_number)(BAND_OF_PARTS + DRAWS_OF_A_PART * (uint32_t)part + which), instruction, count);
}

/* The low numbers. Instructions: 1 to PROGRAM_INSTRUCTIONS - 1. */
enum {
  DRAW_ANSWER = PROGRAM_INSTRUCTIONS, /* whether an external service fails: and the number of the instruction */
  DRAW_IDENTITY = 2 * PROGRAM_INSTRUCTIONS + 2,
  DRAW_EDGE = 5 * PROGRAM_INSTRUCTIONS,
  DRAW_EDGE_LATENCY,
  DRAW_ROUND_TRIP,
  DRAW_CLIENT,
  DRAW_HANDSHAKE,
  DRAW_MISSES = 7 * PROGRAM_INSTRUCTIONS, /* pages that are not in memory: and the number of the instruction */
  DRAW_POOLER_BIT = 16, /* instructions of a pooler: the n-th before the query << this bit, and the number of the query's first */
  DRAW_POOLER_MOST = 15,
  DRAW_ATTEMPT = 1 << 20, /* of a client, by attempt */
  DRAW_RELOAD = 3 << 20,
  DRAW_IMPATIENCE = 4 << 20
};

static_assert(PROGRAM_INSTRUCTIONS < 1 << DRAW_POOLER_BIT, "the numbers of instructions and of a pooler's are apart");

#endif
