/* One colour for one thing in all pictures of a set.
 *
 * The first four colours of the house (figure.h) are those of layouts, in the order of the files. Endpoints and components have
 * colours of their own, by their place in the scenario and not by the order in which a picture meets them: a service is the same in
 * the breakdown, over the load and in the architecture, whichever others are drawn. Components are the services of the scenario,
 * then its node groups; what is neither is grey. */
#ifndef PALETTE_H
#define PALETTE_H

struct result_file;

const char *palette_endpoint(int place);
const char *palette_component(int place); /* negative: grey */
/* By the list of endpoints of the result; one that is not in it has the first. */
const char *palette_of_endpoint(const struct result_file *, const char *endpoint);
/* A component or what is of it: "backend", "backend.threads", "backend CPU". */
const char *palette_of_component(const struct result_file *, const char *name);
/* Its place among services and node groups; -1: neither. */
int palette_place(const struct result_file *, const char *name);

#endif
