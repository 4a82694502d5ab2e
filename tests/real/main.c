/* make real: `real [--quick] [--threads N] [--json FILE] [--write FILE STAMP] [NAME ...]` holds recordings of real systems against
 * their scenarios and prints the rows. AGUANTA_REAL_DIR names a folder with more recordings. The exit status is 0 when every goal is
 * kept, 1 when one is missed, 2 when a recording or a scenario cannot be read. */
#include "sim/engine/arena.h"
#include "tests/real/real.h"
#include <stdlib.h>
#include <string.h>

static const char begin_mark[] = "<!-- real: begin -->\n", end_mark[] = "<!-- real: end -->\n";

static bool put_file(const char *path, const char *text) {
  FILE *out = fopen(path, "wb");
  bool good = out && fputs(text, out) >= 0;
  if (out) good = !fclose(out) && good;
  if (!good) fprintf(stderr, "%s: cannot be written\n", path);
  return good;
}

static char *file_text(const char *path) {
  FILE *in = fopen(path, "rb");
  if (!in) return NULL;
  fseek(in, 0, SEEK_END);
  size_t size = (size_t)ftell(in);
  rewind(in);
  char *text = calloc(1, size + 1);
  if (fread(text, 1, size, in) != size) text[0] = 0;
  fclose(in);
  return text;
}

/* The table over the one between the marks. */
static bool write_page(const struct real *r, const char *path, const char *stamp) {
  char *old = file_text(path), *begin = old ? strstr(old, begin_mark) : NULL, *end = begin ? strstr(begin, end_mark) : NULL;
  char *table = NULL, *page = NULL;
  size_t length;
  bool good = false;
  if (end) {
    FILE *text = open_memstream(&table, &length);
    real_markdown(r, text, stamp);
    fclose(text);
    text = open_memstream(&page, &length);
    fwrite(old, 1, (size_t)(begin - old) + sizeof begin_mark - 1, text);
    fprintf(text, "%s%s", table, end);
    fclose(text);
    good = put_file(path, page);
  } else
    fprintf(stderr, "%s: has no table to write over\n", path);
  free(old), free(table), free(page);
  return good;
}

static bool write_json(const struct real *r, const char *path) {
  char *text = NULL;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  real_json(r, out);
  fclose(out);
  bool good = put_file(path, text);
  free(text);
  return good;
}

int main(int argc, char **argv) {
  const char *json = NULL, *page = NULL, *stamp = NULL, *more = getenv("AGUANTA_REAL_DIR");
  struct real_options o = {.folder = "tests/real", .more = more && *more ? more : NULL, .threads = 2};
  int i = 1;
  for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
    if (!strcmp(argv[i], "--quick")) o.quick = true;
    if (!strcmp(argv[i], "--threads") && i + 1 < argc) o.threads = (uint32_t)atoi(argv[++i]);
    if (!strcmp(argv[i], "--json") && i + 1 < argc) json = argv[++i];
    if (!strcmp(argv[i], "--write") && i + 2 < argc) page = argv[++i], stamp = argv[++i];
  }
  o.names = argv + i, o.name_count = argc - i;
  if (o.threads < 1 || o.threads > 64) o.threads = 1;
  struct arena *arena = arena_new();
  struct real r;
  real_open(&r, arena, &o);
  bool good = real_run(&r), written = true;
  real_print(&r, stdout);
  if (json) written = write_json(&r, json) && written;
  if (page) written = write_page(&r, page, stamp) && written;
  int code = r.fault_count || !written ? 2 : good ? 0 : 1;
  arena_free(arena);
  return code;
}
