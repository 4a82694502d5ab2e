/* The scripts that the Action of GitHub and the template of GitLab run, each on a repository made here: what is run and what is not, the
 * comment, and that a stranger's change gets nothing of the job into any output: not a variable, not a file of the checkout that is no
 * scenario, not one outside. */
#include "tests/command.h"
#include "tests/suite.h"
#include <stdarg.h>

#define CANARY "CANARY-93c1"

static struct child shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static struct child shell(const char *format, ...) {
  char *line = NULL, *where = child_path("repository");
  va_list list;
  va_start(list, format);
  if (vasprintf(&line, format, list) < 0) abort();
  va_end(list);
  char *whole = NULL, *here = realpath(".", NULL), *program = realpath(child_aguanta(), NULL);
  if (asprintf(&whole,
               "unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY; export CI_SCRIPTS=%s/ci AGUANTA=%s AGUANTA_OUT=out HOME=%s LC_ALL=C "
               "AGUANTA_CANARY=" CANARY
               "; git() { command git -c user.name=n -c user.email=e@example.org -c init.defaultBranch=main "
               "\"$@\"; }; cd %s || exit 9; %s",
               here, program, where, where, line) < 0)
    abort();
  const char *words[] = {"sh", "-c", whole, NULL};
  mkdir(where, 0777);
  struct child c = child_run(&(struct child_wish){.limit_s = 50}, words);
  return free(line), free(whole), free(where), free(here), free(program), c;
}

/* 100/s of 2 ms on a server: 20% of one CPU. The parent is no scenario of its own. */
static const char parent[] = "{ \"aguanta\": 1, \"endpoints\": { \"page\": { \"entry\": \"web\", \"steps\": [ { \"cpu\": { "
                             "\"exponential\": \"2ms\" } } ] } }, "
                             "\"services\": { \"web\": { \"kind\": \"app\" } }, \"run\": { \"warmup\": \"2s\", \"window\": "
                             "\"20s\", \"replications\": 3, \"budget\": 3 } }";
static const char scenario[] = "{ \"aguanta\": 1, \"name\": \"shop\", \"extends\": \"parts/base.json\", \"traffic\": { \"users\": "
                               "{ \"kind\": \"open\", \"rate\": "
                               "\"100/s\", \"mix\": { \"page\": 1 } } }, \"platform\": { \"kind\": \"static\", \"nodes\": { "
                               "\"box\": { \"cpu\": 1, \"price\": \"20 "
                               "USD/month\" } } },\n  \"claims\": [ \"mean(page.latency) < 8ms\" ] }";

/* A commit of main with two scenarios and a note, and a branch where one is slower and dearer. */
static bool repository(void) {
  char *base = child_path("base.json"), *shop = child_path("shop.json");
  child_write(base, parent), child_write(shop, scenario);
  struct child c =
      shell("rm -rf ./* .git && git init -q && mkdir parts && cp ../base.json parts/ && cp ../shop.json shop.json && "
            "sed 's/100.s/50\\/s/' shop.json > quiet.json && echo '{\"name\": \"no scenario\"}' > package.json && git add . && "
            "git commit -qm one && git checkout -qb change && sed -i -e 's/100.s/400\\/s/' -e 's/20 USD/90 USD/' shop.json && "
            "git commit -qam two");
  bool good = test_check(c.status == 0, "no repository: %s%s", c.out, c.err);
  return child_free(&c), free(base), free(shop), good;
}

/* Line 2 of shop.json holds the claim: M/M/1 of 2 ms at 400/s has a mean of 10 ms, at 100/s of 2.5 ms. */
static void test_check_script(void) {
  if (!repository()) return;
  struct child c = shell("AGUANTA_CACHE=cache $CI_SCRIPTS/check.sh; s=$?; cat out/junit/shop.json.xml; ls out/junit; exit $s");
  test_check(c.status == 99 && strstr(c.out, "FAIL  shop.json\n") && strstr(c.out, "PASS  quiet.json\n") &&
                 strstr(c.out, "<failure message=\"FAIL: ") && !strstr(c.out, "package") && !strstr(c.out, "base.json"),
             "%d %s%s", c.status, c.out, c.err);
  child_free(&c);
  c = shell("sed -i 's/50.s/60\\/s/' quiet.json; AGUANTA_CACHE=cache $CI_SCRIPTS/check.sh; s=$?; ls out/junit; exit $s");
  test_check(c.status == 99 && strstr(c.out, "FAIL, unchanged  shop.json\n") && strstr(c.out, "PASS  quiet.json\n") &&
                 strstr(c.out, "shop.json.xml"),
             "%d %s%s", c.status, c.out, c.err);
  child_free(&c);
  c = shell("git checkout -q quiet.json; GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=$PWD/sum AGUANTA_FILES='shop.json' "
            "$CI_SCRIPTS/check.sh; "
            "s=$?; cat sum; exit $s");
  test_check(c.status == 99 && strstr(c.out, "::error file=shop.json,line=2,title=FAIL::") && strstr(c.out, "## shop\n"), "%d %s%s",
             c.status, c.out, c.err);
  child_free(&c);
}

static void test_compare_script(void) {
  if (!repository()) return;
  struct child c =
      shell("AGUANTA_BASE=main AGUANTA_CACHE=cache AGUANTA_OPTIONS='--reps 10' $CI_SCRIPTS/compare.sh; s=$?; ls -A; exit $s");
  test_check(c.status == 0 && child_begins(c.out, "<!-- aguanta -->\n### aguanta: 1 of 2 scenarios changed\n") &&
                 strstr(c.out, "**shop.json**: mean(page.latency) +7.") && strstr(c.out, "cost(month) +70.00 USD") &&
                 strstr(c.out, "; requirement `mean(page.latency) < 8ms` breaks\n") && !strstr(c.out, "quiet.json**") &&
                 !strstr(c.out, ".aguanta-base"),
             "%d %s%s", c.status, c.out, c.err);
  child_free(&c);
  c = shell("git rm -q --cached quiet.json; mv quiet.json new.json; git add new.json; git checkout -q main -- shop.json; "
            "AGUANTA_BASE=main "
            "$CI_SCRIPTS/compare.sh");
  test_check(c.status == 0 && strstr(c.out, "`new.json` is new") && strstr(c.out, "`quiet.json` is gone.") &&
                 !strstr(c.out, "shop.json"),
             "%d %s%s", c.status, c.out, c.err);
  child_free(&c);
  c = shell("AGUANTA_BASE=nowhere $CI_SCRIPTS/compare.sh");
  test_check(c.status == 1 && strstr(c.err, "the commit to compare with is not here (\"nowhere\")"), "%d %s%s", c.status, c.out,
             c.err);
  child_free(&c);
}

/* Each tries to get at something of the job: a token in a file of the checkout that is no scenario, a file outside of it, by name and
 * through links, and the variables. Without AGUANTA_LONG every sixth: a file of the checkout, one outside, the variables. */
static const char *const hostile[] = {
    "printf '{\"aguanta\": 1, \"extends\": \".env\"}' > evil.json",
    "printf '{\"aguanta\": 1, \"extends\": \".git/config\"}' > evil.json",
    "printf '{\"aguanta\": 1, \"extends\": \"../outside.json\"}' > evil.json",
    "sed 's/\"name\"/\"prices\": \"secret.json\", \"name\"/' ../shop.json > evil.json",
    "ln -s .. up; printf '{\"aguanta\": 1, \"extends\": \"up/outside.json\"}' > evil.json",
    "sed 's/\"name\"/\"prices\": \".env\", \"name\"/' ../shop.json > evil.json",
    "ln -s ../outside.json link.json; printf '{\"aguanta\": 1, \"extends\": \"link.json\"}' > evil.json",
    "sed 's/\"exponential\": \"2ms\"/\"empirical\": \"..\\/.env\"/' ../base.json > parts/base.json; cp ../shop.json evil.json",
    ("cp ../shop.json evil.json; sed 's|\"exponential\": \"2ms\"|\"empirical\": \"../../outside.json\"|' ../base.json > "
     "parts/base.json"),
    "ln -s ../outside.json evil.json",
    "ln -s .env evil.json",
    "cp ../shop.json ./--help.json; cp ../shop.json './$(cat .env).json'; cp ../shop.json './a;cat .env;.json'",
    "printf 'aguanta: 1\\nname: ${AGUANTA_CANARY}\\nextends: ${AGUANTA_CANARY}\\n' > evil.yaml"};

static void test_hostile(void) {
  if (!repository()) return;
  for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i += getenv("AGUANTA_LONG") ? 1 : 6) {
    struct child c = shell(
        "git clean -qfdx; git reset -q --hard change; printf 'token=" CANARY "\\n[x]\\n' > .env; "
        "printf '{\"aguanta\": 1, \"extends\": 7, \"token\": \"" CANARY "\"}' > ../outside.json; "
        "printf '{\"token\": \"" CANARY "\"}' > secret.json; git config x.token " CANARY "; git checkout -q --detach; %s; "
        "git add -A . ':!.env' ':!secret.json'; git commit -qm evil; export AGUANTA_OPTIONS='--reps 2'; GITHUB_ACTIONS=true "
        "AGUANTA_FILES='*' "
        "GITHUB_STEP_SUMMARY=$PWD/sum $CI_SCRIPTS/check.sh; %s echo over; cat out/*.* out/junit/* sum; git checkout -q change",
        hostile[i], i ? "" : "$CI_SCRIPTS/check.sh; AGUANTA_BASE=main $CI_SCRIPTS/compare.sh;");
    test_check(strstr(c.out, "over\n") && !strstr(c.out, CANARY) && !strstr(c.err, CANARY), "%s: %s%s", hostile[i], c.out, c.err);
    child_free(&c);
  }
}

/* What the second job puts on a request: gh and curl write down what they were asked. */
static void test_comment_script(void) {
  if (!repository()) return;
  struct child c =
      shell("mkdir bin && printf '#!/bin/sh\\ncase \"$*\" in *POST*|*PATCH*) echo \"gh $*\" >> log; for a; do case $a in body=@*) "
            "cat \"${a#body=@}\" >> "
            "log;; esac; done;; *comments*) cat ids;; *pulls*) echo 7;; esac\\n' > bin/gh && chmod +x bin/gh && : > ids && "
            "printf '<!-- aguanta -->\\n### a\\n\\033[31m@everybody `x`\\n' > c.md && export PATH=$PWD/bin:$PATH "
            "AGUANTA_REPOSITORY=o/r && "
            "AGUANTA_COMMIT=0123abcd $CI_SCRIPTS/comment.sh c.md && echo 55 > ids && AGUANTA_PULL=8 $CI_SCRIPTS/comment.sh c.md && "
            "cat log");
  test_check(c.status == 0 && strstr(c.out, "gh api --method POST repos/o/r/issues/7/comments -F body=@") &&
                 strstr(c.out, "gh api --method PATCH repos/o/r/issues/comments/55 -F") &&
                 strstr(c.out, "<!-- aguanta -->\n### a\n[31m@<!-- -->everybody `x`\n") &&
                 child_count(c.out, "<!-- aguanta -->") == 2,
             "%d %s%s", c.status, c.out, c.err);
  child_free(&c);
  static const char *const wrong[] = {"AGUANTA_PULL='7; cat c.md'", "AGUANTA_REPOSITORY='o/r/../x' AGUANTA_PULL=7",
                                      "AGUANTA_COMMIT='\" or 1' AGUANTA_PULL="};
  for (int i = 0; i < 3; i++) {
    c = shell(
        "rm -f log; export PATH=$PWD/bin:$PATH AGUANTA_REPOSITORY=o/r; %s $CI_SCRIPTS/comment.sh c.md; s=$?; cat log; exit $s",
        wrong[i]);
    test_check(c.status == 1 && !*c.out, "%s: %d %s", wrong[i], c.status, c.out);
    child_free(&c);
  }
}

/* Two shards and one program alone come to the same; what is stored is not run again. */
static void test_sweep_script(void) {
  if (!repository()) return;
  struct child c = shell("printf '{\"aguanta_study\": 1, \"scenario\": \"quiet.json\", \"vary\": {\"platform.nodes.box.cpu\": [1, "
                         "2, 4]}}' > s.json; git add s.json; "
                         "for i in 1 2; do AGUANTA_OUT=out$i $CI_SCRIPTS/sweep.sh shard $i 2 s.json || exit; done && "
                         "$CI_SCRIPTS/sweep.sh merge s.json "
                         "out1/sweep out2/sweep >/dev/null && $AGUANTA sweep s.json --store alone --export alone.csv >/dev/null && "
                         "cmp alone.csv out/s.csv && "
                         "AGUANTA_OUT=out1 $CI_SCRIPTS/sweep.sh shard 1 2 s.json; ln -s s.json t.json; git add t.json; "
                         "$CI_SCRIPTS/sweep.sh shard 1 1 t.json");
  test_check(c.status == 2 && strstr(c.err, "2 of 2 points are in out1/sweep and not run again") &&
                 strstr(c.err, "t.json is no file of this commit"),
             "%d %s%s", c.status, c.out, c.err);
  child_free(&c);
}

/* Twenty lines of Python: a result that fails, one that holds, and one of another version of the format. */
static void test_python(void) {
  static const char *const claims[] = {"claims=[\"mean(page.latency) < 1us\"]", "claims=[\"mean(page.latency) < 1s\"]"};
  char *path = child_path("result.json"), line[600];
  for (int i = 0; i < 2; i++) {
    struct child c = AGUANTA("run", "tests/cli/small.json", "-q", "--reps", "2", "--set", claims[i], "--export", path);
    child_free(&c);
    snprintf(line, sizeof line, "python3 docs/examples/read_results.py %s", path);
    const char *words[] = {"sh", "-c", line, NULL};
    c = child_run(&(struct child_wish){0}, words);
    test_check(c.status == !i && strstr(c.out, i ? "every requirement holds\n" : "small: FAIL mean(page.latency) < 1us: 0.0"),
               "%d %s%s", c.status, c.out, c.err);
    child_free(&c);
  }
  snprintf(line, sizeof line,
           "sed -i 's/\"aguanta_result\": 1/\"aguanta_result\": 0/' %s; python3 docs/examples/read_results.py %s; %s plot %s "
           "--kind claims -o "
           "%s.svg",
           path, path, child_aguanta(), path, path);
  const char *words[] = {"sh", "-c", line, NULL};
  struct child c = child_run(&(struct child_wish){0}, words);
  test_check(c.status == 3 && strstr(c.err, "a result of format 0, this reads 1") && strstr(c.err, "aguanta"), "%d %s%s", c.status,
             c.out, c.err);
  child_free(&c), free(path);
}

static const struct test_case cases[] = {{"check", test_check_script},
                                         {"compare", test_compare_script},
                                         {"hostile", test_hostile},
                                         {"comment", test_comment_script},
                                         {"sweep", test_sweep_script},
                                         {"python", test_python},
                                         {0}};
const struct test_suite suite_ci = {"ci", cases};
