#include "sim/report/saturation_words.h"

/* The bottleneck is the first of what requests wait for. What works in the background is full for jobs alone. */
const char *saturation_word(const struct results *r, uint32_t row) {
  const struct saturation *s = &r->saturation[row];
  if (s->grows) return s->saturated ? "full now: jobs grow" : "no request waits for it";
  if (s->blocked) return "full of what waits";
  if (s->saturated) return "full now";
  uint32_t before = 0;
  for (uint32_t i = 0; i < row; i++) before += !r->saturation[i].grows;
  return before == 0 ? "the bottleneck" : before == 1 ? "next" : "";
}
