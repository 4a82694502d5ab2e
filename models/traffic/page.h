/* Pages: what a browser does. A place of a journey may have `files`: when its own request has been answered (the document), the
 * client asks for all of them, `at_once` at a time, and the page is there when the last one is. The next thought begins then.
 *
 *     { "ask": "index", "at_once": 6, "files": [ "app.js", { "ask": "image", "count": 12 }, { "ask": "api", "stage": 2 } ] }
 *
 * Files of a stage are asked for when those of the stage before have been answered: what a script asks for follows the script.
 * Within a stage they are asked for in their order, each as soon as one of `at_once` has its answer (6: connections of a browser
 * to a host with HTTP/1.1; HTTP/2 has them all at once).
 *
 * Each file is an errand of its own with all that the source's clients do (time-out, retries), with draws from the errand of the
 * document and its number, and counts in rates and latencies as any request. They share the client's line (`link`), first come
 * first served in each direction. If a file fails for good, the others are still asked for; then the page is broken, and the place
 * has failed.
 *
 * Invariants, audited: a client that loads a page has at least one file on its way; every file belongs to one.
 * Source: RFC 9112 section 9.4 (number of connections), browsers' 6 a host (HTTP Archive, 2010 on). */
#ifndef PAGE_H
#define PAGE_H
#include "models/request/request.h"
#include "sim/describe/field.h"
#include "sim/engine/pool.h"

struct client;
struct journey_stop_config;
struct model;
struct source_config;
struct world;

struct page_file_config {
  int32_t ask;          /* endpoint */
  int64_t count, stage; /* so many of them; 1: right after the document */
};
enum { PAGE_FILES = 1000 }; /* of a place at most */

extern const struct record page_file_record;

/* A page that is being loaded, of the client `walker`; its own request included. */
struct page {
  uint32_t walker, open; /* files on their way */
  uint32_t next, copy;   /* the file that is asked for next, in the order of stages: number of its row, and of its copy */
  sim_time began;
  sim_time line_free[2]; /* the client's line up and down carries what was sent before until then */
  enum outcome worst;    /* of a file that failed, or completed */
};

/* While linking, of a source with pages: sorts the files by stage and declares the meters. Null, or what is wrong with the place.
 * */
const char *pages_link(struct model *, struct source_config *, uint32_t *at);
/* Requests for files of one visit of the place, added by endpoint with the weight. */
void page_visits(const struct journey_stop_config *, double weight, double *visits);

/* The client asks for a place with files. */
void page_begins(struct world *, struct client *);
/* The document has been answered, or has failed: true if files are on their way now, and page_over follows. */
bool page_loads(struct world *, struct client *, enum outcome);
/* Whether the client is one file of a page, and not the one that loads it. */
bool page_is_file(const struct world *, const struct client *);
/* A file's errand, now; and its end. */
void page_file_asks(struct world *, struct client *);
void page_file_ends(struct world *, struct client *, enum outcome);

/* When a message that takes `lasts` on the client's line is through: it waits for those of the same page that were sent before. */
sim_time page_line(struct world *, const struct request *, bool down, sim_time lasts);

#endif
