/* What the commands share: reading a scenario as the options say, running it with progress, exporting the result. */
#ifndef SESSION_H
#define SESSION_H
#include "sim/cli/options.h"
#include "sim/scenario/scenario.h"
#include "sim/study/memory_need.h"

/* Reads a scenario with --set and --seed and further overrides; null after messages on stderr. */
struct scenario *session_read(struct arena *, const struct options *, const char *file, const struct scenario_override *more,
                              uint32_t count);
/* What --set and --seed change, and `room` empty places behind them. */
struct scenario_override *session_overrides(struct arena *, const struct options *, uint32_t room, uint32_t *count);
/* The real path of --root; null without one. */
const char *session_root(struct arena *, const struct options *);
/* The value of --max-memory; without one, three quarters of the memory that this machine, or its control group, has. False after a
 * message. */
bool session_memory(const struct options *, double *bytes);
/* memory_fits with --max-memory; false after a message with the estimate. */
bool session_fits(const struct options *, const struct scenario *const *, uint32_t count, struct study_options *);
void session_refuse(const struct memory_need *);
/* Nothing that is written is one of the files of the command line (null), or one that was read; false after a message. */
bool session_outputs_apart(const struct options *, const struct diagnostics *);
/* --root is a folder; false after a message. */
bool session_root_good(const struct options *);
/* Fills replications, jobs, interruption and progress; false after a message for a wrong --reps or --jobs. */
bool session_options(const struct options *, struct study_options *);
bool session_was_interrupted(void);
/* 130 or 143, after an interruption. */
enum exit_code session_interrupted(void);
/* Runs, and exports as the options say. The exit code: 0, 98 or 99 by the verdicts, 1 for broken invariants or an export that
 * failed, 130 or 143 when interrupted. Null, and 1, after a message: it would take more memory than it may. */
struct results *session_run(struct arena *, const struct options *, const struct scenario *, enum exit_code *);
/* The same without exports. */
struct results *session_run_only(struct arena *, const struct options *, const struct scenario *, enum exit_code *);
/* The exit code of one result alone: of its requirements, and of its statements where they count too. */
enum exit_code session_exit_code(const struct results *, bool statements);
/* Formats of --export are known; false after a message. */
bool session_check_exports(const struct options *);
/* --color and --progress are one of their words; false after a message. */
bool session_check_words(const struct options *, const char *command);
/* Some --export goes to stdout, which then holds nothing else. */
bool session_exports_to_stdout(const struct options *);
bool session_color(const struct options *);
/* Before anything else: Ctrl-C ends the program at once and leaves nothing behind; a file that may not grow is an error. */
void session_begin(void);
/* From now on Ctrl-C ends the run in order: what is finished is kept. A second one ends the program at once. */
void session_catch_interrupts(void);
/* Writes --timing; false after a message. */
bool session_write_timing(const char *path, uint64_t requests, uint64_t events, double seconds);
bool session_file_count(const struct options *, const char *command, uint32_t at_least, uint32_t at_most);

#endif
