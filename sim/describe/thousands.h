/* Commas between the thousands of a number that people read: "-1,234,567.25". */
#ifndef THOUSANDS_H
#define THOUSANDS_H
#include <stddef.h>

/* digits: a printed number, with or without sign and decimals. Cuts what does not fit. */
void thousands_group(const char *digits, char *out, size_t size);

#endif
