#include "models/request/draws.h"

#define PER_INSTRUCTION(name, base)                                                                                                \
  { name, (base) + 1, (base) + PROGRAM_INSTRUCTIONS - 1 }
#define SINGLE(name, number)                                                                                                       \
  { name, number, number }
#define BAND(name, band)                                                                                                           \
  { name, (uint64_t)(band) << BAND_BITS, (((uint64_t)(band) + 1) << BAND_BITS) - 1 }

enum { BAND_BITS = DRAW_INSTRUCTION_BITS + DRAW_COUNT_BITS };

const struct draw_band draw_bands[] = {
    SINGLE("endpoint", 0), /* of a source's mix (models/traffic/source.c) */
    PER_INSTRUCTION("instructions", 0),
    PER_INSTRUCTION("external answers", DRAW_ANSWER),
    SINGLE("client's identity", DRAW_IDENTITY),
    SINGLE("edge", DRAW_EDGE),
    SINGLE("edge's latency", DRAW_EDGE_LATENCY),
    SINGLE("round trip", DRAW_ROUND_TRIP),
    SINGLE("client's connection", DRAW_CLIENT),
    SINGLE("handshake", DRAW_HANDSHAKE),
    PER_INSTRUCTION("pages missed", DRAW_MISSES),
    {"pooler", 1 << DRAW_POOLER_BIT, ((DRAW_POOLER_MOST + 1) << DRAW_POOLER_BIT) - 1},
    {"client's attempts", DRAW_ATTEMPT, 2 * DRAW_ATTEMPT - 1},
    {"client's reloads", DRAW_RELOAD, DRAW_RELOAD + DRAW_ATTEMPT - 1},
    SINGLE("client's impatience", DRAW_IMPATIENCE),
    BAND("patience", BAND_PATIENCE),
    BAND("disk reads", BAND_DISK_READ),
    BAND("conflicts", BAND_CONFLICT),
    BAND("apply", BAND_APPLY),
    BAND("ship", BAND_SHIP),
    BAND("flush of a replica", BAND_FLUSH),
    BAND("version of a replica", BAND_VERSION),
    {"parts", (uint64_t)BAND_OF_PARTS << BAND_BITS, ((uint64_t)(BAND_OF_PARTS + DRAWS_OF_A_PART * PARTS_MOST) << BAND_BITS) - 1},
    {0}};

static_assert(BANDS - 1 == BAND_VERSION, "every band is listed");
