#include "sim/report/plot/theme.h"
#include "sim/engine/allocate.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool theme_from_word(const char *word, enum theme *theme) {
  static const char *const words[] = {[THEME_LIGHT] = "light", [THEME_DARK] = "dark", [THEME_AUTO] = "auto"};
  for (int i = 0; i < 3; i++)
    if (!strcmp(word, words[i])) return *theme = (enum theme)i, true;
  return false;
}

static double to_linear(long part) {
  double c = (double)part / 255;
  return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static long from_linear(double c) {
  c = fmin(fmax(c, 0), 1);
  return lround(255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * pow(c, 1 / 2.4) - 0.055));
}

/* Straight between these: what is nearly white is nearly the paper, and what is drawn stands clear of it. */
static double turned(double lightness) {
  static const double from[] = {0, 0.25, 0.53, 0.76, 0.9, 1.0001}, to[] = {0.97, 0.9, 0.7, 0.62, 0.32, 0.19};
  int i = 1;
  while (i < 5 && lightness > from[i]) i++;
  return to[i - 1] + (to[i] - to[i - 1]) * (lightness - from[i - 1]) / (from[i] - from[i - 1]);
}

static long dark(long rgb) {
  double r = to_linear(rgb >> 16 & 255), g = to_linear(rgb >> 8 & 255), b = to_linear(rgb & 255);
  double l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b),
         m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b),
         s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  double lightness = turned(0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s),
         green_red = 0.9 * (1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s),
         blue_yellow = 0.9 * (0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s);
  l = lightness + 0.3963377774 * green_red + 0.2158037573 * blue_yellow;
  m = lightness - 0.1055613458 * green_red - 0.0638541728 * blue_yellow;
  s = lightness - 0.0894841775 * green_red - 1.2914855480 * blue_yellow;
  l = l * l * l, m = m * m * m, s = s * s * s;
  return from_linear(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s) << 16 |
         from_linear(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s) << 8 |
         from_linear(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
}

long theme_color(enum theme theme, long rgb) { return theme == THEME_DARK ? dark(rgb) : rgb; }

/* The six digits behind a '#', or -1. */
static long hex(const char *at) {
  for (int i = 0; i < 6; i++)
    if (!isxdigit((unsigned char)at[i])) return -1;
  char digits[7];
  snprintf(digits, sizeof digits, "%.6s", at);
  return strtol(digits, NULL, 16);
}

/* Copies the text with each colour behind `before` written by `format` instead. */
static char *replaced(enum theme theme, const char *text, const char *before, const char *format) {
  char *out = NULL;
  size_t length = 0, skip = strlen(before);
  FILE *file = allocate_stream(&out, &length);
  for (const char *at; (at = strstr(text, before)); text = at) {
    long rgb = hex(at + skip);
    fwrite(text, 1, (size_t)(at - text), file);
    if (rgb < 0)
      fputs(before, file), at += skip;
    else
      fprintf(file, format, (unsigned long)theme_color(theme, rgb)), at += skip + 6;
  }
  fputs(text, file);
  fclose(file);
  return out;
}

char *theme_script(enum theme theme, const char *script) { return replaced(theme, script, "rgb '#", "rgb '#%06lx"); }
char *theme_data(enum theme theme, const char *data) { return replaced(theme, data, "#", "%lu"); }
