/* A picture of gnuplot's as part of a page: its SVG, let through element by element.
 *
 * Only elements and attributes that draw pass. Nothing in it runs, has a style of its own, or names anything but its own parts,
 * whose names get the picture's number so that they are not those of another. Its alternative text stays, and the paper is the
 * page's. Private to sim/report/page. */
#ifndef PICTURE_MARKUP_H
#define PICTURE_MARKUP_H
#include "sim/report/pictures.h"
#include <stdio.h>

/* False, and nothing is written, when it is no SVG that could be shown. */
bool picture_markup(FILE *, const struct drawn *, uint32_t number);

#endif
