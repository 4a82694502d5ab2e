#include "sim/report/page/picture_markup.h"
#include "sim/engine/allocate.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const elements[] = {"svg",   "g",        "path",    "rect",           "circle",  "ellipse",
                                       "line",  "polyline", "polygon", "text",           "tspan",   "use",
                                       "defs",  "filter",   "feFlood", "feComposite",    "pattern", "clipPath",
                                       "image", "title",    "desc",    "linearGradient", "stop",    NULL};
static const char *const attributes[] = {"x",
                                         "y",
                                         "x1",
                                         "y1",
                                         "x2",
                                         "y2",
                                         "width",
                                         "height",
                                         "viewBox",
                                         "d",
                                         "points",
                                         "cx",
                                         "cy",
                                         "r",
                                         "rx",
                                         "ry",
                                         "transform",
                                         "fill",
                                         "fill-opacity",
                                         "fill-rule",
                                         "stroke",
                                         "stroke-width",
                                         "stroke-linecap",
                                         "stroke-linejoin",
                                         "stroke-dasharray",
                                         "stroke-opacity",
                                         "opacity",
                                         "color",
                                         "font-family",
                                         "font-size",
                                         "font-weight",
                                         "font-style",
                                         "text-anchor",
                                         "dominant-baseline",
                                         "id",
                                         "xlink:href",
                                         "href",
                                         "filter",
                                         "clip-path",
                                         "filterUnits",
                                         "in",
                                         "in2",
                                         "result",
                                         "operator",
                                         "flood-color",
                                         "flood-opacity",
                                         "patternUnits",
                                         "patternTransform",
                                         "shape-rendering",
                                         "xml:space",
                                         "preserveAspectRatio",
                                         "offset",
                                         "stop-color",
                                         "stop-opacity",
                                         "role",
                                         "aria-labelledby",
                                         NULL};

struct cut {
  const char *at;
  size_t length;
};

struct copy {
  FILE *file;
  uint32_t number;
  const char *skipping; /* the element whose inside is left out */
  bool begun, paper;
};

static bool equals(struct cut c, const char *word) { return strlen(word) == c.length && !strncmp(c.at, word, c.length); }

static bool among(struct cut c, const char *const *words) {
  for (; *words; words++)
    if (equals(c, *words)) return true;
  return false;
}

/* --- attributes --------------------------------------------------------------------------------------------------------------- */

/* What the value names: "#gpPt1", "url(#gpPt1)"; nothing outside may be named, but a picture of dots that is in it. */
static bool names_outside(struct cut name, struct cut value) {
  static const char data[] = "data:image/png;base64,";
  bool reference = equals(name, "xlink:href") || equals(name, "href");
  if (reference)
    return value.length && *value.at != '#' && (value.length < sizeof data || strncmp(value.at, data, sizeof data - 1));
  for (size_t i = 0; i + 4 < value.length; i++)
    if (!strncmp(value.at + i, "url(", 4) && value.at[i + 4] != '#') return true;
  return false;
}

static void put_attribute(struct copy *c, struct cut name, struct cut value) {
  if (!among(name, attributes) || names_outside(name, value)) return;
  fprintf(c->file, " %.*s=\"", (int)name.length, name.at);
  bool names = equals(name, "aria-labelledby");
  if (equals(name, "id") || names) fprintf(c->file, "p%u-", c->number);
  for (size_t i = 0; i < value.length; i++) {
    char one = value.at[i];
    bool own =
        one == '#' && (equals(name, "xlink:href") || equals(name, "href") || (i >= 4 && !strncmp(value.at + i - 4, "url(", 4)));
    if (one == '"' || one == '<' || one == '>' || (unsigned char)one < ' ')
      fputc(' ', c->file);
    else
      fputc(one, c->file);
    if (own || (names && one == ' ')) fprintf(c->file, "p%u-", c->number);
  }
  fputc('"', c->file);
}

/* The next name="value" of a tag's inside; false at its end. */
static bool next_attribute(struct cut *rest, struct cut *name, struct cut *value) {
  const char *at = rest->at, *end = rest->at + rest->length;
  while (at < end && (isspace((unsigned char)*at) || *at == '/')) at++;
  name->at = at;
  while (at < end && *at != '=' && !isspace((unsigned char)*at)) at++;
  name->length = (size_t)(at - name->at);
  while (at < end && isspace((unsigned char)*at)) at++;
  if (at >= end || *at != '=') return false;
  at++;
  while (at < end && isspace((unsigned char)*at)) at++;
  if (at >= end || (*at != '"' && *at != '\'')) return false;
  const char *close = memchr(at + 1, *at, (size_t)(end - at - 1));
  if (!close) return false;
  *value = (struct cut){at + 1, (size_t)(close - at - 1)};
  *rest = (struct cut){close + 1, (size_t)(end - close - 1)};
  return name->length > 0;
}

static struct cut attribute_of(struct cut inside, const char *wanted) {
  struct cut name, value;
  while (next_attribute(&inside, &name, &value))
    if (equals(name, wanted)) return value;
  return (struct cut){"", 0};
}

/* --- tags and text ------------------------------------------------------------------------------------------------------------ */

/* gnuplot draws white paper first. */
static bool is_paper(const struct copy *c, struct cut name, struct cut inside) {
  return !c->paper && equals(name, "rect") && equals(attribute_of(inside, "fill"), "#ffffff") &&
         equals(attribute_of(inside, "x"), "0") && equals(attribute_of(inside, "y"), "0");
}

/* gnuplot names groups for tips that pop up; what a picture is called has a name itself. */
static bool passes(struct cut name, struct cut inside) {
  return among(name, elements) && ((!equals(name, "title") && !equals(name, "desc")) || attribute_of(inside, "id").length);
}

static void open_tag(struct copy *c, struct cut name, struct cut inside, bool empty) {
  struct cut key, value;
  if (!passes(name, inside)) {
    if (!empty) c->skipping = name.at;
    return;
  }
  if (is_paper(c, name, inside) && empty) {
    c->paper = true;
    return;
  }
  fprintf(c->file, "<%.*s", (int)name.length, name.at);
  while (next_attribute(&inside, &key, &value)) put_attribute(c, key, value);
  fputs(empty ? "/>" : ">", c->file);
  c->begun = true;
}

static void close_tag(struct copy *c, struct cut name) {
  if (among(name, elements)) fprintf(c->file, "</%.*s>", (int)name.length, name.at);
}

/* The length of an entity such as "&amp;"; 0: it is none. */
static size_t entity(const char *at, const char *end) {
  static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;", NULL};
  for (int i = 0; names[i]; i++) {
    size_t length = strlen(names[i]);
    if ((size_t)(end - at) >= length && !strncmp(at, names[i], length)) return length;
  }
  return 0;
}

static void put_text(struct copy *c, struct cut text) {
  const char *end = text.at + text.length;
  for (const char *at = text.at; at < end;) {
    size_t length = *at == '&' ? entity(at, end) : 0;
    if (length)
      fwrite(at, 1, length, c->file);
    else if (*at == '&' || *at == '>')
      fputs(*at == '&' ? "&amp;" : "&gt;", c->file);
    else if ((unsigned char)*at >= ' ' || *at == '\n')
      fputc(*at, c->file);
    at += length ? length : 1;
  }
}

/* Where the thing that begins with `<` ends: behind its `>`; null when it does not. */
static const char *tag_end(const char *at) {
  if (!strncmp(at, "<!--", 4)) return (at = strstr(at, "-->")) ? at + 3 : NULL;
  char quote = 0;
  for (at++; *at; at++) {
    if (quote)
      quote = *at == quote ? 0 : quote;
    else if (*at == '"' || *at == '\'')
      quote = *at;
    else if (*at == '>')
      return at + 1;
  }
  return NULL;
}

static struct cut name_of(const char *at) {
  struct cut name = {at, 0};
  while (isalnum((unsigned char)name.at[name.length])) name.length++;
  return name;
}

static void take_tag(struct copy *c, const char *at, const char *end) {
  bool closing = at[1] == '/';
  struct cut name = name_of(at + (closing ? 2 : 1));
  if (!name.length) return; /* a comment, a declaration */
  if (c->skipping) {
    struct cut skipped = name_of(c->skipping);
    if (closing && skipped.length == name.length && !strncmp(skipped.at, name.at, name.length)) c->skipping = NULL;
    return;
  }
  const char *inside = name.at + name.length;
  bool empty = end[-2] == '/';
  if (closing)
    close_tag(c, name);
  else
    open_tag(c, name, (struct cut){inside, (size_t)(end - 1 - inside)}, empty);
}

static bool copy_all(struct copy *c, const char *svg) {
  const char *at = strstr(svg, "<svg");
  while (at && *at) {
    const char *end = tag_end(at);
    if (!end) return false;
    take_tag(c, at, end);
    const char *next = strchr(end, '<');
    if (next && !c->skipping) put_text(c, (struct cut){end, (size_t)(next - end)});
    at = next;
  }
  return c->begun;
}

bool picture_markup(FILE *file, const struct drawn *d, uint32_t number) {
  char *body = NULL;
  size_t length = 0;
  struct copy c = {.file = allocate_stream(&body, &length), .number = number};
  bool good = copy_all(&c, d->svg);
  fclose(c.file);
  if (good) fwrite(body, 1, length, file);
  free(body);
  return good;
}
