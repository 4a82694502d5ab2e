#include "sim/report/plot/svg.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include "sim/report/plot/theme.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { COLORS = 64 };

void svg_text(FILE *file, const char *text) {
  static const char *const escapes[] = {
      ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "\xE2\x80\x9D", ['\''] = "\xE2\x80\x99"};
  for (size_t step; *text; text += step) {
    unsigned code;
    int length = text_character((const unsigned char *)text, &code);
    step = length ? (size_t)length : 1;
    if (length == 0)
      fputc('?', file);
    else if (code < sizeof escapes / sizeof *escapes && escapes[code])
      fputs(escapes[code], file);
    else if (!text_unsafe(code))
      fwrite(text, 1, step, file);
  }
}

/* FNV-1a: pictures that differ have other names. */
static uint32_t hash_of(const char *text) {
  uint32_t hash = 2166136261u;
  for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 16777619u;
  return hash;
}

/* gnuplot's names stand in single quotes, which no text of a user holds. */
static const struct {
  const char *from, *before, *after; /* the picture's own name comes between */
} names[] = {{"id='gp", "id='", "gp"},
             {"'#gp", "'#", "gp"},
             {"id='textbox'", "id='", "textbox'"},
             {"id='greybox'", "id='", "greybox'"},
             {"id=\"aguanta_plot_", "id=\"", "plot_"},
             {"<title>", "", NULL}, /* of a line: the words of the script */
             {"font-family=\":Bold\"", "font-family=\"" SVG_FONT "\" font-weight=\"bold\"", NULL}};

enum { NAMES = sizeof names / sizeof *names };

/* at: where each was found last; looked for again only when that is behind the text. */
static const char *next_name(const char *text, const char *at[NAMES], int *which) {
  const char *end = text + strlen(text), *first = end;
  for (int i = 0; i < NAMES; i++) {
    if (!at[i] || at[i] < text) at[i] = strstr(text, names[i].from);
    if (!at[i]) at[i] = end;
    if (at[i] < first) first = at[i], *which = i;
  }
  return first < end ? first : NULL;
}

/* A title goes with what it holds. */
static const char *behind(const char *at, const char *from) {
  const char *end = strcmp(from, "<title>") ? NULL : strstr(at, "</title>");
  return end ? end + strlen("</title>") : at + strlen(from);
}

static void put_body(FILE *file, const char *text, const char *own) {
  const char *found[NAMES] = {NULL};
  int which = 0;
  for (const char *at; (at = next_name(text, found, &which)); text = behind(at, names[which].from)) {
    fwrite(text, 1, (size_t)(at - text), file);
    fputs(names[which].before, file);
    if (names[which].after) fprintf(file, "%s%s", own, names[which].after);
  }
  fputs(text, file);
}

/* The colour of an attribute, as gnuplot writes it: fill = 'rgb(  0, 114, 178)' or fill="rgb(0,114,178)". */
static const char *next_color(const char *text, char written[24], long *rgb) {
  for (const char *at = text; (at = strstr(at, "rgb(")); at++) {
    const char *end = strchr(at, ')');
    int r, g, b, used = 0;
    if (at == text || !end || end - at > 20 || (at[-1] != '\'' && at[-1] != '"') || end[1] != at[-1]) continue;
    if (sscanf(at, "rgb( %d , %d , %d )%n", &r, &g, &b, &used) != 3 || used != end + 1 - at) continue;
    snprintf(written, 24, "%.*s", used, at);
    *rgb = (long)r << 16 | (long)g << 8 | b;
    return end;
  }
  return NULL;
}

/* A rule for each colour; those of attributes give way to them. */
static void put_dark(FILE *file, const char *body, const char *own) {
  char seen[COLORS][24], written[24];
  int count = 0;
  long rgb;
  fprintf(file, "<style>@media (prefers-color-scheme: dark) {\n#%s [fill=\"#ffffff\"] { fill: #%06lx }\n", own,
          (unsigned long)theme_color(THEME_DARK, 0xffffff));
  for (const char *at = body; (at = next_color(at, written, &rgb)) && count < COLORS;) {
    int i = 0;
    while (i < count && strcmp(seen[i], written)) i++;
    if (i < count) continue;
    memcpy(seen[count++], written, sizeof written);
    unsigned long dark = (unsigned long)theme_color(THEME_DARK, rgb);
    static const char *const attributes[] = {"fill", "stroke", "color"};
    for (int a = 0; a < 3; a++) fprintf(file, "#%s [%s=\"%s\"] { %s: #%06lx }\n", own, attributes[a], written, attributes[a], dark);
  }
  fputs("}</style>\n", file);
}

static void put_head(FILE *file, const char *head, size_t length, const char *own, const struct svg_words *words) {
  fprintf(file, "%.*s id=\"%s\" role=\"img\" aria-labelledby=\"%s-title %s-desc\">\n<title id=\"%s-title\">", (int)length, head,
          own, own, own, own);
  svg_text(file, words->title);
  fprintf(file, "</title>\n<desc id=\"%s-desc\">", own);
  svg_text(file, words->description);
  fputs("</desc>\n", file);
}

void svg_finish(char **bytes, size_t *length, const struct svg_words *words) {
  static const char canvas[] = "<g id=\"gnuplot_canvas\">", described[] = "</desc>";
  char own[16], *finished = NULL;
  const char *svg = strstr(*bytes, "<svg"), *head = svg ? strchr(svg, '>') : NULL, *body = head ? strstr(head, described) : NULL;
  if (!body) return;
  body += strlen(described);
  const char *group = strstr(body, canvas);
  snprintf(own, sizeof own, "p%08x", (unsigned)(hash_of(*bytes) ^ hash_of(words->description)));
  FILE *file = allocate_stream(&finished, length);
  put_head(file, *bytes, (size_t)(head - *bytes), own, words);
  if (words->adapts) put_dark(file, body, own);
  fputs("<g>", file);
  put_body(file, group ? group + strlen(canvas) : body, own);
  fclose(file);
  free(*bytes);
  *bytes = finished;
}
