/* Files that other programs and people write, damaged: the fuzz targets' corpora and some files of the tree, each as it is and with a
 * few mutations of a fixed seed. Neither an assertion nor a signal, and under sanitizers no report; each within its time.
 *
 * libFuzzer itself goes on for as long as one likes (`make fuzz`): what it finds goes into tests/fuzz/corpus and is replayed here. */
#include "sim/engine/stream.h"
#include "tests/suite.h"
#include <dirent.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { FOLDERS = 3, FILES = 12, MUTATIONS = 60, MOST = 20000 };

typedef int fuzz_target(const uint8_t *bytes, size_t length);
fuzz_target fuzz_yaml, fuzz_compose, fuzz_k8s, fuzz_log, fuzz_measured, fuzz_page;

static const struct {
  const char *name;
  fuzz_target *run;
  const char *folders[FOLDERS];
} targets[] = {{"yaml", fuzz_yaml, {"tests/fuzz/corpus/yaml", "scenarios/templates"}},
               {"compose", fuzz_compose, {"tests/fuzz/corpus/compose", "tests/import/shop", "tests/import/swarm"}},
               {"k8s", fuzz_k8s, {"tests/fuzz/corpus/k8s", "tests/import/k8s-shop", "tests/import/k8s-go"}},
               {"log", fuzz_log, {"tests/fuzz/corpus/log", "tests/import/logs"}},
               {"measured", fuzz_measured, {"tests/fuzz/corpus/measured", "tests/calibrate"}},
               {"page", fuzz_page, {"tests/fuzz/corpus/page"}}};

/* Pieces that mean something in these files. */
static const char *const pieces[] = {"\n",   "\t",
                                     ": ",   "- ",
                                     "{",    "[",
                                     "\"",   "|",
                                     "&a ",  "*a",
                                     "<<: ", "---\n",
                                     "${",   "{{ .Values.a }}",
                                     "~",    "1e999",
                                     "-1",   "\xFF",
                                     "\\",   "#",
                                     "null", "<!-- aguanta: ",
                                     "-->",  " "};

/* One place is cut out, doubled, overwritten, or gets a piece. Returns the new length, at most MOST. */
static size_t mutate(uint8_t *bytes, size_t length, struct stream *draws) {
  size_t at = stream_below(draws, (uint32_t)length + 1), some = stream_below(draws, 40);
  const char *piece = pieces[stream_below(draws, sizeof pieces / sizeof *pieces)];
  if (some > length - at) some = length - at;
  switch (stream_below(draws, 4)) {
  case 0:
    memmove(bytes + at, bytes + at + some, length - at - some);
    return length - some;
  case 1:
    if (length + some > MOST) return length;
    memmove(bytes + at + some, bytes + at, length - at);
    return length + some;
  case 2:
    if (at < length) bytes[at] = (uint8_t)stream_below(draws, 256);
    return length;
  default:
    some = strlen(piece);
    if (length + some > MOST) return length;
    memmove(bytes + at + some, bytes + at, length - at);
    memcpy(bytes + at, piece, some);
    return length + some;
  }
}

/* Every mutation goes on from the one before it. */
static void feed(fuzz_target *run, const char *path, uint64_t seed) {
  static uint8_t bytes[MOST];
  char *text = test_read_file(path);
  struct stream draws = stream_open(stream_key(seed, 0, 0, seed));
  size_t length = text ? strlen(text) : 0;
  if (length > MOST) length = MOST;
  if (length) memcpy(bytes, text, length);
  free(text);
  for (int i = 0; i <= MUTATIONS; i++) {
    run(bytes, length);
    length = mutate(bytes, length, &draws);
  }
}

static int is_file(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static unsigned feed_folder(fuzz_target *run, const char *folder) {
  struct dirent **entries;
  int count = scandir(folder, &entries, is_file, alphasort);
  for (int i = 0; i < count; i++) {
    char path[400];
    snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
    if (i < FILES) feed(run, path, (uint64_t)i + 1);
    free(entries[i]);
  }
  if (count >= 0) free(entries);
  return count > 0 ? (unsigned)count : 0;
}

static void test_damaged(void) {
  mkdir("build/fuzz", 0777); /* where a page is written */
  for (size_t t = 0; t < sizeof targets / sizeof *targets; t++) {
    unsigned files = 0;
    clock_t start = clock();
    for (int f = 0; f < FOLDERS && targets[t].folders[f]; f++) files += feed_folder(targets[t].run, targets[t].folders[f]);
    double s = (double)(clock() - start) / CLOCKS_PER_SEC;
    test_check(files > 0 && s < 60, "%s: %u files, %.1f s", targets[t].name, files, s);
    if (getenv("AGUANTA_FUZZED")) printf("%s: %u files, %.2f s\n", targets[t].name, files, s);
  }
}

static const struct test_case cases[] = {{"damaged", test_damaged}, {0}};
const struct test_suite suite_fuzzed = {"fuzzed", cases};
