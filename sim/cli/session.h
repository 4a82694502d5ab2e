/* What the commands share: checking what was typed, reading a scenario as the options say, running it, and giving the answer. */
#ifndef SESSION_H
#define SESSION_H
#include "sim/cli/options.h"
#include "sim/scenario/scenario.h"
#include "sim/study/memory_need.h"

/* Before anything else: Ctrl-C ends the program at once and leaves nothing behind; a file that may not grow is an error. */
void session_begin(void);
/* From now on Ctrl-C ends the run in order: what is finished is kept. A second one ends the program at once. */
void session_catch_interrupts(void);
/* 130 or 143, after an interruption. */
enum exit_code session_interrupted(void);

/* What can be said of the options without reading a file: how many files there are, formats of --export, words, numbers. False
 * after a message. */
bool session_check(const struct options *);
/* Nothing that is written is one of the files of the command line (null), or one that was read; false after a message. */
bool session_outputs_apart(const struct options *, const struct diagnostics *);
/* Fills replications, jobs and interruption; false after a message. */
bool session_options(const struct options *, struct study_options *);

/* What --set and --seed change, and `room` empty places behind them. */
struct scenario_override *session_overrides(struct arena *, const struct options *, uint32_t room, uint32_t *count);
/* The real path of --root; null without one. */
const char *session_root(struct arena *, const struct options *);
/* Reads a scenario with --set and --seed and further overrides; null after messages on stderr. */
struct scenario *session_read(struct arena *, const struct options *, const char *file, const struct scenario_override *more,
                              uint32_t count);

/* The value of --max-memory; without one, three quarters of the memory that this machine, or its control group, has. False after a
 * message. */
bool session_memory(const struct options *, double *bytes);
/* memory_fits with --max-memory; false after a message with the estimate. */
bool session_fits(const struct options *, const struct scenario *const *, uint32_t count, struct study_options *);
void session_refuse(const struct options *, const struct memory_need *);

/* Runs one scenario with progress. Null after a message: it would take more memory than it may. */
struct results *session_run(struct arena *, const struct options *, const struct scenario *);

/* The exit code of an answer: of its requirements, and of its statements where they count too; 1 for broken invariants, 130 or 143
 * when interrupted. */
enum exit_code session_code(const struct answer *, bool statements);
/* Some --export goes to stdout, which then holds nothing else. */
bool session_exports_to_stdout(const struct options *);
/* Writes every --export; false after a message. */
bool session_export(const struct options *, const struct answer *);
/* Writes --timing; false after a message. `started`: progress_clock of then. */
bool session_timing(const struct options *, uint64_t requests, uint64_t events, double started);
/* The exit code of the answer, which is exported, and shown unless an export goes to stdout. */
enum exit_code session_answer(const struct options *, const struct answer *, double started);

#endif
