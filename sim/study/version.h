/* The one place that says which version this is: the program, its manual, packages and `make dist` take it from here. CHANGELOG.md
 * begins with it; the tag of a release is v and the version. */
#ifndef VERSION_H
#define VERSION_H
#define AGUANTA_VERSION "0.1.0"
#define AGUANTA_DATE    "2026-12-01" /* of the last release, or of the beginning */
#endif
