/* A study on disk: its samples, timeline and sums as exact bits, so that going on later gives the same bytes.
 *
 * The file is for the machine that wrote it and its like (byte order and long double layout are not converted); a header with the
 * scenario's hash, the program's version and the shape of the study says what it is of, a checksum at the end that it is whole.
 * Histograms are written as their occupied buckets. Whatever a file says, it cannot make the program read beyond an array or run
 * out of memory: a study that is loaded is as sound as one that was run, or the file is refused. */
#include "sim/engine/arena.h"
#include "sim/engine/fnv.h"
#include "models/availability/outage.h"
#include "sim/measure/strikes.h"
#include "sim/study/enough.h"
#include "sim/study/study_inner.h"
#include "sim/study/version.h"
#include <math.h>
#include <string.h>

struct stream_of_bytes {
  FILE *file;
  uint64_t sum; /* FNV-1a over all bytes so far */
  bool good;
};

static void mix(struct stream_of_bytes *b, const void *data, size_t size) { b->sum = fnv_bytes(b->sum, data, size); }

static void put(struct stream_of_bytes *b, const void *data, size_t size) {
  mix(b, data, size);
  b->good = b->good && fwrite(data, 1, size, b->file) == size;
}

static void get(struct stream_of_bytes *b, void *data, size_t size) {
  if (!b->good || fread(data, 1, size, b->file) != size) {
    b->good = false;
    memset(data, 0, size);
    return;
  }
  mix(b, data, size);
}

/* --- views -------------------------------------------------------------------------------------------------------------------- */

/* A whole number in as few bytes as it needs. */
static void put_number(struct stream_of_bytes *b, uint64_t x) {
  unsigned char bytes[10];
  size_t n = 0;
  for (; x >= 128; x >>= 7) bytes[n++] = (unsigned char)(x | 128);
  bytes[n++] = (unsigned char)x;
  put(b, bytes, n);
}

static uint64_t get_number(struct stream_of_bytes *b) {
  uint64_t x = 0;
  for (unsigned shift = 0; shift < 64 && b->good; shift += 7) {
    unsigned char byte;
    get(b, &byte, 1);
    x |= (uint64_t)(byte & 127) << shift;
    if (!(byte & 128)) break;
  }
  return x;
}

/* Much is zero: blocks of zeros take a byte. */
static bool all_zero(const double *a, uint64_t count) {
  for (uint64_t i = 0; i < count; i++)
    if (a[i] != 0 || signbit(a[i])) return false;
  return true;
}

static void save_numbers(void *context, double *a, const double *unused, uint64_t count) {
  (void)unused;
  bool zero = all_zero(a, count);
  put(context, &zero, 1);
  if (!zero) put(context, a, count * sizeof *a);
}
static void load_numbers(void *context, double *a, const double *unused, uint64_t count) {
  (void)unused;
  unsigned char zero;
  get(context, &zero, 1);
  if (!zero) get(context, a, count * sizeof *a);
}
static void save_counts(void *context, uint64_t *a, const uint64_t *unused, uint64_t count) {
  (void)unused;
  for (uint64_t i = 0; i < count; i++) put_number(context, a[i]);
}
static void load_counts(void *context, uint64_t *a, const uint64_t *unused, uint64_t count) {
  (void)unused;
  for (uint64_t i = 0; i < count; i++) a[i] = get_number(context);
}
static void save_levels(void *context, uint64_t *a, const uint64_t *unused) { save_counts(context, a, unused, 1); }
static void load_levels(void *context, uint64_t *a, const uint64_t *unused) { load_counts(context, a, unused, 1); }
static void save_largest(void *context, double *a, const double *unused) { save_numbers(context, a, unused, 1); }
static void load_largest(void *context, double *a, const double *unused) { load_numbers(context, a, unused, 1); }

/* A bucket: how many values it has, its least, and how many are the least. */
static void save_bin(struct stream_of_bytes *b, const struct histogram_bin *bin) {
  put_number(b, bin->count);
  put_number(b, (uint32_t)~bin->least_complement);
  put_number(b, bin->at_least);
}

static void load_bin(struct stream_of_bytes *b, struct histogram *h, uint32_t bucket) {
  uint64_t count = get_number(b), least = get_number(b), at_least = get_number(b);
  b->good &= count > 0 && least <= UINT32_MAX && at_least <= UINT32_MAX;
  const struct histogram_bin bin = {count, (uint32_t)at_least, ~(uint32_t)least};
  if (b->good) histogram_put_bin(h, bucket, &bin);
}

static void save_bins(struct stream_of_bytes *b, const struct histogram *h) {
  put(b, &h->max, sizeof h->max);
  put(b, &h->min_complement, sizeof h->min_complement);
  uint32_t last = 0;
  for (uint32_t i = histogram_bucket(histogram_min(h)); i <= histogram_bucket(h->max); i++) {
    if (!histogram_in_bucket(h, i)) continue;
    put_number(b, i - last + 1);
    save_bin(b, histogram_bin(h, i));
    last = i;
  }
  put_number(b, 0);
}

static void load_bins(struct stream_of_bytes *b, struct histogram *h) {
  get(b, &h->max, sizeof h->max);
  get(b, &h->min_complement, sizeof h->min_complement);
  uint64_t bucket = 0, step;
  while (b->good && (step = get_number(b))) {
    bucket += step - 1;
    if (bucket >= HISTOGRAM_BUCKETS)
      b->good = false;
    else
      load_bin(b, h, (uint32_t)bucket);
  }
  b->good &= !h->count || h->blocks;
}

/* Their sum, then few values one by one; of more their extremes, and every occupied bucket. */
static void save_histogram(void *context, struct histogram *h, const struct histogram *unused) {
  (void)unused;
  struct stream_of_bytes *b = context;
  put_number(b, h->count);
  if (!h->count) return;
  put_number(b, h->blocks != NULL);
  put(b, &h->sum, sizeof h->sum);
  for (uint32_t i = 0; !h->blocks && i < h->list_count; i++) put_number(b, (uint64_t)h->list[i]);
  if (h->blocks) save_bins(b, h);
}

static void load_histogram(void *context, struct histogram *h, const struct histogram *unused) {
  (void)unused;
  struct stream_of_bytes *b = context;
  uint64_t count = get_number(b), bins = count ? get_number(b) : 0;
  unsigned __int128 sum = 0;
  b->good &= bins <= 1 && (bins || count <= HISTOGRAM_LIST);
  if (count) get(b, &sum, sizeof sum);
  for (uint64_t i = 0; b->good && !bins && i < count; i++) {
    uint64_t value = get_number(b);
    b->good &= value <= INT64_MAX;
    if (b->good) histogram_add(h, (int64_t)value);
  }
  if (b->good && bins) {
    h->count = count;
    h->sum = sum;
    load_bins(b, h);
  }
  if (b->good && h->sum == sum && histogram_sound(h)) return;
  b->good = false;
  histogram_clear(h);
}

enum { DURATIONS_MOST = 1 << 24 }; /* of one kind of fault; 128 MiB */

static void save_durations(void *context, struct view *v, struct durations *d, const struct durations *unused) {
  (void)v, (void)unused;
  struct stream_of_bytes *b = context;
  b->good &= d->count <= DURATIONS_MOST;
  put_number(context, d->count);
  for (uint64_t i = 0, run; i < d->count; i += run) { /* restarts often take equally long */
    for (run = 1; i + run < d->count && d->s[i + run] == d->s[i];) run++;
    put_number(context, run);
    put(context, &d->s[i], sizeof *d->s);
  }
}

static void load_durations(void *context, struct view *v, struct durations *d, const struct durations *unused) {
  (void)unused;
  struct stream_of_bytes *b = context;
  uint64_t count = get_number(b);
  if (count > DURATIONS_MOST) b->good = false;
  if (!b->good || !count) return;
  d->count = d->room = count;
  d->s = arena_new_array(v->arena, double, count);
  for (uint64_t i = 0, run; i < count && b->good; i += run) {
    double value;
    run = get_number(b);
    get(b, &value, sizeof value);
    if (!run || run > count - i) b->good = false;
    for (uint64_t k = 0; k < run && b->good; k++) d->s[i + k] = value;
  }
}

static bool save_presence(void *context, bool here) {
  unsigned char byte = here;
  put(context, &byte, 1);
  return here;
}

static bool load_presence(void *context, bool unused) {
  (void)unused;
  unsigned char byte;
  get(context, &byte, 1);
  return byte;
}

/* --- the whole ---------------------------------------------------------------------------------------------------------------- */

struct state_header {
  char magic[8], version[24];
  uint64_t hash, seed;
  int64_t warmup;
  uint32_t entries, claims_from, endpoints, windows;
  uint32_t traffic, faults;
  uint8_t has_faults, interrupted, origin, overflowed;
  int64_t relaxation, looked_at;
};

static struct state_header header_of(const struct study *s) {
  const struct evidence *ev = &s->evidence;
  struct state_header h = {.magic = "aguanta3",
                           .hash = s->scenario->hash,
                           .seed = ev->model.run.seed,
                           .warmup = ev->model.run.warmup,
                           .entries = ev->count + ev->strike_count,
                           .claims_from = ev->claims_from,
                           .endpoints = ev->model.endpoints.count,
                           .windows = (uint32_t)ev->model.run.windows,
                           .traffic = ev->traffic.done,
                           .faults = ev->faults.done,
                           .has_faults = ev->faults.sum != NULL,
                           .origin = (uint8_t)ev->warmup,
                           .overflowed = ev->traffic.sum->overflowed,
                           .relaxation = ev->relaxation,
                           .looked_at = ev->looked_at};
  snprintf(h.version, sizeof h.version, "%s", AGUANTA_VERSION);
  return h;
}

/* Everything of a study that a visitor of views and of plain numbers sees, in order. */
static void walk(const struct evidence *ev, const struct view_visitor *visitor) {
  for (uint32_t i = 0; i < ev->count; i++)
    visitor->numbers(visitor->context, ev->entries[i].samples, NULL, entry_replications(ev, &ev->entries[i]));
  size_t cells = (size_t)ev->model.endpoints.count * TIMELINE_COLUMNS * (size_t)ev->model.run.windows;
  for (size_t i = 0; i < cells; i++) {
    struct tally *t = &ev->timeline[i];
    visitor->counts(visitor->context, &t->count, NULL, 1);
    visitor->numbers(visitor->context, &t->mean, NULL, 1);
    visitor->numbers(visitor->context, &t->m2, NULL, 1);
  }
  for (uint32_t i = 0; ev->faults.sum && i <= ev->model.endpoints.count; i++)
    visitor->numbers(visitor->context, ev->availability_samples[i], NULL, ev->faults.done);
  for (uint32_t i = 0; i < ev->uptime_count; i++) visitor->numbers(visitor->context, ev->uptime[i].samples, NULL, ev->faults.done);
  for (uint32_t i = 0; i < STRIKE_SAMPLES * ev->strike_count; i++)
    visitor->numbers(visitor->context, strike_samples(ev, i / STRIKE_SAMPLES)[i % STRIKE_SAMPLES], NULL, ev->traffic.done);
  view_visit(ev->traffic.sum, ev->traffic.sum, &ev->model, visitor);
  if (ev->faults.sum) view_visit(ev->faults.sum, ev->faults.sum, &ev->model, visitor);
}

bool study_save(const struct study *s, FILE *file) {
  if (!s->prepared || s->long_run) return false;
  struct stream_of_bytes b = {file, FNV_START, true};
  struct state_header h = header_of(s);
  put(&b, &h, sizeof h);
  const struct view_visitor saving = {save_numbers,   save_counts,    save_levels,   save_largest,
                                      save_histogram, save_durations, save_presence, &b};
  walk(&s->evidence, &saving);
  uint64_t sum = b.sum;
  put(&b, &sum, sizeof sum);
  return b.good && !fflush(file);
}

static bool same_study(const struct state_header *a, const struct state_header *b) {
  return !memcmp(a->magic, b->magic, sizeof a->magic) && !memcmp(a->version, b->version, sizeof a->version) && a->hash == b->hash &&
         a->seed == b->seed && a->entries == b->entries && a->claims_from == b->claims_from && a->endpoints == b->endpoints &&
         a->windows == b->windows && a->has_faults == b->has_faults;
}

bool study_load(struct study *s, FILE *file) {
  struct stream_of_bytes b = {file, FNV_START, true};
  struct state_header h, mine;
  get(&b, &h, sizeof h);
  if (!b.good || memcmp(h.magic, "aguanta3", sizeof h.magic)) return false;
  if (!warm_up_possible(&s->evidence.model, h.warmup)) return false;
  study_set_warmup(s, h.warmup); /* what was found once need not be found again */
  study_extend(s, 0, 0);
  mine = header_of(s);
  if (s->long_run || !same_study(&h, &mine) || h.traffic > settle_first(s) || h.faults > enough_pieces(&s->evidence.model))
    return false;
  struct evidence *ev = &s->evidence;
  ev->warmup = (enum warmup_origin)h.origin;
  ev->relaxation = h.relaxation;
  ev->looked_at = h.looked_at;
  ev->traffic.sum->overflowed = h.overflowed;
  evidence_make_room(ev, false, h.traffic);
  strikes_make_room(ev, h.traffic);
  evidence_make_room(ev, true, h.faults);
  ev->traffic.done = h.traffic;
  ev->faults.done = h.faults;
  const struct view_visitor loading = {load_numbers,   load_counts,    load_levels,   load_largest,
                                       load_histogram, load_durations, load_presence, &b};
  walk(ev, &loading);
  uint64_t expected = b.sum, sum = 0;
  get(&b, &sum, sizeof sum);
  return b.good && sum == expected;
}
