#include "sim/report/plot/confine.h"
#include "sim/report/plot/gnuplot.h"
#include "sim/report/plot/svg.h"
#include "sim/report/format.h"
#include "sim/store/leftover.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TIME_LIMIT_MS = 30000, POLL_MS = 5, PICTURE_LIMIT = 64 << 20 };

static const char *const names[] = {"plot.gp", GNUPLOT_DATA, "picture", "log"};
enum { SCRIPT, DATA, PICTURE, LOG, FILES };

static bool fail(char **error, const char *format, const char *text) {
  free(*error);
  *error = allocate_format(format, text);
  return false;
}

bool picture_from_path(const char *path, enum picture *picture, char **error) {
  const char *dot = strrchr(path, '.');
  *error = NULL;
  if (dot && !strcmp(dot, ".png")) return *picture = PICTURE_PNG, true;
  if (dot && !strcmp(dot, ".svg")) return *picture = PICTURE_SVG, true;
  if (!strcmp(path, "-")) return *picture = PICTURE_SVG, true;
  return fail(error, "%s: a picture is a .png or a .svg", path);
}

/* ---- text ---- */

/* Harmless to gnuplot and to XML: its svg terminal passes "&#...;" and "]]>" on as they are. */
static const struct {
  const char *from, *to;
} stand_ins[] = {{"'", "\xE2\x80\x99"}, {"&#", "&\xEF\xBC\x83"}, {"]]>", "]]\xE2\x80\xBA"}};

static size_t put_stand_in(FILE *script, const char *text) {
  for (size_t i = 0; i < sizeof stand_ins / sizeof *stand_ins; i++) {
    size_t length = strlen(stand_ins[i].from);
    if (strncmp(text, stand_ins[i].from, length) != 0) continue;
    fputs(stand_ins[i].to, script);
    return length;
  }
  return 0;
}

void gnuplot_quote(FILE *script, const char *text) {
  fputc('\'', script);
  for (size_t step; *text; text += step) {
    unsigned code;
    int length = text_character((const unsigned char *)text, &code);
    step = put_stand_in(script, text);
    if (step) continue;
    step = length ? (size_t)length : 1;
    if (length == 0)
      fputc('?', script);
    else if (!text_unsafe(code))
      fwrite(text, 1, step, script);
  }
  fputc('\'', script);
}

/* ---- files in the private directory ---- */

struct workshop {
  char directory[200];
  char paths[FILES][240];
  int guards[FILES + 1]; /* the folder's is the last */
};

static bool workshop_open(struct workshop *shop, char **error) {
  const char *base = getenv("TMPDIR");
  if (!base || *base != '/' || strlen(base) > 150) base = "/tmp";
  snprintf(shop->directory, sizeof shop->directory, "%.150s/aguanta-plot-XXXXXX", base);
  if (!mkdtemp(shop->directory)) return fail(error, "cannot make a private directory for gnuplot: %s", strerror(errno));
  for (int i = 0; i < FILES; i++) {
    snprintf(shop->paths[i], sizeof shop->paths[i], "%s/%s", shop->directory, names[i]);
    shop->guards[i] = leftover_guard(shop->paths[i]);
  }
  shop->guards[FILES] = leftover_guard(shop->directory);
  return true;
}

static void workshop_close(const struct workshop *shop) {
  for (int i = 0; i < FILES; i++) unlink(shop->paths[i]);
  rmdir(shop->directory);
  for (int i = 0; i <= FILES; i++) leftover_release(shop->guards[i]);
}

static bool put_file(const char *path, const char *head, const char *text, char **error) {
  FILE *file = fopen(path, "wxe");
  if (!file) allocate_check_errno();
  bool written = file && fputs(head, file) >= 0 && fputs(text, file) >= 0;
  if (file && fclose(file) != 0) written = false;
  return written || fail(error, "cannot write a file for gnuplot: %s", strerror(errno));
}

static char *get_file(const char *path, size_t *length) {
  struct stat state;
  FILE *file = fopen(path, "rbe");
  if (!file) allocate_check_errno();
  char *bytes = NULL;
  if (file && fstat(fileno(file), &state) == 0 && S_ISREG(state.st_mode) && state.st_size <= PICTURE_LIMIT) {
    bytes = allocate((size_t)state.st_size + 1);
    *length = fread(bytes, 1, (size_t)state.st_size, file);
    bytes[*length] = 0;
  }
  if (file) fclose(file);
  return bytes;
}

/* ---- the process ---- */

/* Waits for the child; kills its process group when the time is over. */
static bool finish(pid_t child, int *status) {
  for (int waited = 0; waited < TIME_LIMIT_MS; waited += POLL_MS) {
    pid_t done = waitpid(child, status, WNOHANG);
    if (done == child) return true;
    if (done < 0 && errno != EINTR) return false;
    nanosleep(&(struct timespec){0, POLL_MS * 1000000L}, NULL);
  }
  kill(-child, SIGKILL);
  while (waitpid(child, status, 0) < 0 && errno == EINTR) {}
  return false;
}

static int spawn(const struct workshop *shop, pid_t *child) {
  char path[4200], home[220];
  char program[] = "gnuplot", option[] = "-d", script[] = "plot.gp", locale[] = "LC_ALL=C", zone[] = "TZ=UTC";
  char *arguments[] = {program, option, script, NULL};
  snprintf(path, sizeof path, "PATH=%.4000s", getenv("PATH") ? getenv("PATH") : "/usr/local/bin:/usr/bin:/bin");
  snprintf(home, sizeof home, "HOME=%s", shop->directory);
  char *environment[] = {path, home, locale, zone, NULL};
  return confined_start(&(struct confined){.folder = shop->directory,
                                           .program = program,
                                           .arguments = arguments,
                                           .environment = environment,
                                           .log = "log",
                                           .file_limit = PICTURE_LIMIT},
                        child);
}

static bool complain(const struct workshop *shop, const char *what, char **error) {
  size_t length = 0;
  char *log = get_file(shop->paths[LOG], &length), *message = NULL;
  message = allocate_format("gnuplot %s%s%.600s", what, log && length ? ": " : "", log ? log : "");
  fail(error, "%s", message);
  free(message);
  free(log);
  return false;
}

static bool execute(const struct workshop *shop, char **error) {
  pid_t child;
  int status = 0, reason = spawn(shop, &child);
  if (reason == ENOENT)
    return fail(error, "%s", "gnuplot is not installed (Debian: apt-get install gnuplot-nox); pictures need it");
  if (reason) return fail(error, "cannot start gnuplot: %s", strerror(reason));
  leftover_child(child);
  bool finished = finish(child, &status);
  leftover_child(0);
  if (!finished) return complain(shop, "took more than 30 s and was stopped", error);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return complain(shop, "failed", error);
  return true;
}

static bool looks_right(enum picture picture, const char *bytes, size_t length) {
  static const char png_head[] = "\x89PNG\r\n\x1a\n", png_tail[] = "IEND\xAE\x42\x60\x82", svg_head[] = "<?xml",
                    svg_tail[] = "</svg>";
  const char *head = picture == PICTURE_PNG ? png_head : svg_head, *tail = picture == PICTURE_PNG ? png_tail : svg_tail;
  while (picture == PICTURE_SVG && length > 0 && strchr("\r\n ", bytes[length - 1])) length--;
  size_t head_length = strlen(head), tail_length = strlen(tail);
  return length > head_length + tail_length && !memcmp(bytes, head, head_length) &&
         !memcmp(bytes + length - tail_length, tail, tail_length);
}

static bool draw(const struct workshop *shop, enum picture picture, const char *head, const char *script, const char *data,
                 char **bytes, size_t *length, char **error) {
  if (!put_file(shop->paths[SCRIPT], head, script, error) || !put_file(shop->paths[DATA], "", data, error)) return false;
  if (!execute(shop, error)) return false;
  errno = 0;
  *bytes = get_file(shop->paths[PICTURE], length);
  if (!*bytes && errno && errno != ENOENT) return fail(error, "cannot read the picture of gnuplot: %s", strerror(errno));
  if (*bytes && looks_right(picture, *bytes, *length)) return true;
  free(*bytes);
  *bytes = NULL;
  return complain(shop, "drew no complete picture", error);
}

bool gnuplot_run(const struct gnuplot_page *page, const char *script, const char *data, char **bytes, size_t *length,
                 char **error) {
  static const char *const terminals[] = {[PICTURE_PNG] = "pngcairo font 'Sans,13' fontscale 2 pointscale 2 linewidth 3",
                                          [PICTURE_SVG] = "svg font '" SVG_FONT ",13' linewidth 1.5 name 'aguanta'"};
  int scale = page->picture == PICTURE_PNG ? 2 : 1;
  struct workshop shop;
  char head[300];
  *error = NULL, *bytes = NULL, *length = 0;
  snprintf(head, sizeof head,
           "set encoding utf8\nset terminal %s noenhanced background rgb '%.7s' size %d,%d\nset output 'picture'\n",
           terminals[page->picture], page->background, scale * page->width, scale * page->height);
  if (!workshop_open(&shop, error)) return false;
  bool drawn = draw(&shop, page->picture, head, script, data, bytes, length, error);
  workshop_close(&shop);
  return drawn;
}
