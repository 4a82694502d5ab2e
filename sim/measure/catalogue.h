/* The catalogue: which measures every study takes, whatever it claims. */
#ifndef CATALOGUE_H
#define CATALOGUE_H

struct evidence;

/* Adds them as entries, before any others. */
void catalogue_add(struct evidence *);

#endif
