/* Light and dark pictures from one script.
 *
 * Kinds of pictures choose the colours of the light theme. Dark ones follow from them: the lightness is turned in Oklab (Ottosson
 * 2020), the hue stays, so that what was pale is dim, what stood out stands out, and a component has the same hue in both. */
#ifndef THEME_H
#define THEME_H
#include <stdbool.h>

/* THEME_AUTO: a light SVG that turns dark where its reader prefers that. */
enum theme { THEME_LIGHT, THEME_DARK, THEME_AUTO };

#define THEME_PAPER "#ffffff"

/* "light", "dark", "auto"; false for others. */
bool theme_from_word(const char *word, enum theme *);
/* 0xRRGGBB of the light theme as it is in this one. */
long theme_color(enum theme, long rgb);
/* A copy of the script with each rgb '#rrggbb' as it is in the theme; the caller frees it. Texts of users hold no quotes, so that
 * none of them is taken for a colour. */
char *theme_script(enum theme, const char *script);
/* A copy of numbers, in which #rrggbb stands for a colour, with the theme's as decimal numbers; the caller frees it. */
char *theme_data(enum theme, const char *data);

#endif
