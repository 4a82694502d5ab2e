#include "sim/report/pictures.h"
#include "sim/report/plot/plot.h"
#include "sim/report/result_file.h"
#include "sim/store/leftover.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Kinds write files, so they get one in a private folder. */
struct easel {
  char folder[200], path[240];
  int guards[2];
};

static bool easel_open(struct easel *e) {
  const char *base = getenv("TMPDIR");
  if (!base || *base != '/' || strlen(base) > 150) base = "/tmp";
  snprintf(e->folder, sizeof e->folder, "%.150s/aguanta-page-XXXXXX", base);
  if (!mkdtemp(e->folder)) return false;
  snprintf(e->path, sizeof e->path, "%s/picture.svg", e->folder);
  e->guards[0] = leftover_guard(e->path);
  e->guards[1] = leftover_guard(e->folder);
  return true;
}

static void easel_close(const struct easel *e) {
  unlink(e->path);
  rmdir(e->folder);
  for (int i = 0; i < 2; i++) leftover_release(e->guards[i]);
}

static const char *take(struct arena *arena, const char *path, size_t *length) {
  struct stat state;
  FILE *file = fopen(path, "rbe");
  char *bytes = NULL;
  if (file && !fstat(fileno(file), &state) && S_ISREG(state.st_mode)) {
    bytes = arena_alloc(arena, (size_t)state.st_size + 1);
    *length = fread(bytes, 1, (size_t)state.st_size, file);
    bytes[*length] = 0;
  }
  if (file) fclose(file);
  return bytes;
}

static bool fits(const struct plot_kind *kind, const struct result_file *file, uint32_t count) {
  if (!result_is(file, kind->of ? kind->of : "result")) return false;
  return count == 1 ? kind->least <= 1 : kind->least > 1 && count <= kind->most;
}

static void draw_one(struct arena *arena, const struct easel *e, const struct plot_kind *kind, const struct result_file *files,
                     uint32_t count, struct pictures *out) {
  static const struct plot_options none;
  struct drawn drawn = {.kind = kind->name, .doc = kind->doc};
  char *error = NULL;
  enum plot_outcome outcome = kind->draw(kind, files, count, e->path, &none, &error);
  drawn.svg = outcome == PLOT_DRAWN ? take(arena, e->path, &drawn.length) : NULL;
  if (drawn.svg) out->all[out->count++] = drawn;
  if (outcome == PLOT_FAILED) out->trouble = arena_text(arena, error ? error : "gnuplot failed");
  free(error);
}

void pictures_draw(struct arena *arena, const struct result_file *files, uint32_t count, struct pictures *out) {
  struct easel e;
  *out = (struct pictures){.count = 0};
  if (!easel_open(&e)) {
    out->trouble = arena_format(arena, "cannot make a private folder for pictures: %s", strerror(errno));
    return;
  }
  for (const struct plot_kind *const *k = plot_kinds(); *k && !out->trouble && out->count < PICTURES_MOST; k++)
    if (fits(*k, files, count)) draw_one(arena, &e, *k, files, count, out);
  easel_close(&e);
}
