#include "sim/report/plot/confine.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- Landlock: linux/landlock.h as of Linux 6.12, which may be newer than the headers here ------------------------------------ */

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

struct ruleset {
  uint64_t files, network, scoped;
};
struct path_rule {
  uint64_t allowed;
  int32_t folder;
} __attribute__((packed));

enum { RULE_PATH = 1, ASK_VERSION = 1 };
enum { EXECUTE = 1 << 0, WRITE = 1 << 1, READ = 1 << 2, LIST = 1 << 3, FILE_RIGHTS = EXECUTE | WRITE | READ | 1 << 14 };

/* By version: 1 has 13 rights to files, 2 moving between folders, 3 truncating, 5 commands to devices; 4 TCP; 6 signals and sockets
 * without a name in the file system. */
static struct ruleset everything(long version) {
  uint64_t files = (1u << 13) - 1;
  if (version >= 2) files |= 1u << 13;
  if (version >= 3) files |= 1u << 14;
  if (version >= 5) files |= 1u << 15;
  return (struct ruleset){files, version >= 4 ? 3 : 0, version >= 6 ? 3 : 0};
}

static long landlock_version(void) { return syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION); }

/* What is not there is not needed. */
static bool allow(int rules, const char *path, uint64_t rights) {
  int folder = open(path, O_PATH | O_CLOEXEC);
  if (folder < 0) return true;
  struct path_rule rule = {rights, folder};
  bool good = !syscall(SYS_landlock_add_rule, rules, RULE_PATH, &rule, 0);
  close(folder);
  return good;
}

static const char *const system_folders[] = {"/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/nix/store", "/gnu/store"};
static const char *const system_files[] = {"/etc/fonts", "/etc/gnuplot", "/var/cache/fontconfig"};
static const char *const system_lists[] = {"/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/ld.so.conf", "/dev/urandom"};
#define EACH(list) (size_t i = 0; i < sizeof list / sizeof *list; i++)

/* False where the kernel has Landlock and will not take this. */
static bool confine_files(const struct confined *c, const char *own) {
  long version = landlock_version();
  if (version < 1) return true;
  struct ruleset all = everything(version);
  size_t size = version >= 6 ? sizeof all : version >= 4 ? offsetof(struct ruleset, scoped) : offsetof(struct ruleset, network);
  int rules = (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);
  if (rules < 0) return false;
  bool good = allow(rules, c->folder, all.files & ~(uint64_t)EXECUTE) && allow(rules, "/dev/null", all.files & (READ | WRITE)) &&
              allow(rules, own, READ | LIST | EXECUTE);
  for
    EACH(system_folders) good = good && allow(rules, system_folders[i], READ | LIST | EXECUTE);
  for
    EACH(system_files) good = good && allow(rules, system_files[i], READ | LIST);
  for
    EACH(system_lists) good = good && allow(rules, system_lists[i], READ);
  good = good && !syscall(SYS_landlock_restrict_self, rules, 0);
  close(rules);
  return good;
}

/* --- seccomp ------------------------------------------------------------------------------------------------------------------ */

#if defined __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE
#define LOAD(member)  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, value)
#define REFUSE(call)  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), ANSWER(SECCOMP_RET_ERRNO | EPERM)
/* The other calling conventions of x86-64 have other numbers. */
#define OTHER_CONVENTION 0x40000000

static const struct sock_filter filter[] = {LOAD(arch),
                                            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
                                            ANSWER(SECCOMP_RET_KILL_PROCESS),
                                            LOAD(nr),
                                            BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, OTHER_CONVENTION, 0, 1),
                                            ANSWER(SECCOMP_RET_KILL_PROCESS),
                                            REFUSE(socket),
                                            REFUSE(socketpair),
                                            REFUSE(connect),
                                            REFUSE(bind),
                                            REFUSE(ptrace),
                                            REFUSE(process_vm_readv),
                                            REFUSE(process_vm_writev),
                                            REFUSE(pidfd_getfd),
                                            REFUSE(kcmp),
                                            REFUSE(bpf),
                                            REFUSE(perf_event_open),
                                            REFUSE(io_uring_setup),
                                            REFUSE(userfaultfd),
                                            REFUSE(keyctl),
                                            REFUSE(add_key),
                                            REFUSE(request_key),
                                            REFUSE(mount),
                                            REFUSE(umount2),
                                            REFUSE(pivot_root),
                                            REFUSE(chroot),
                                            REFUSE(unshare),
                                            REFUSE(setns),
                                            REFUSE(init_module),
                                            REFUSE(finit_module),
                                            REFUSE(kexec_load),
                                            REFUSE(reboot),
                                            REFUSE(swapon),
                                            REFUSE(settimeofday),
                                            REFUSE(clock_settime),
                                            REFUSE(sethostname),
                                            REFUSE(open_by_handle_at),
                                            REFUSE(kill),
                                            REFUSE(tkill),
                                            REFUSE(shmget),
                                            REFUSE(msgget),
                                            REFUSE(semget),
                                            ANSWER(SECCOMP_RET_ALLOW)};

static void confine_calls(void) {
  struct sock_fprog program = {sizeof filter / sizeof *filter, (struct sock_filter *)(uintptr_t)filter};
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
static bool calls_can_be_confined(void) { return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) && errno == EFAULT; }
#else
static void confine_calls(void) {}
static bool calls_can_be_confined(void) { return false; }
#endif

int confined_by(void) { return (landlock_version() >= 1 ? CONFINED_FILES : 0) | (calls_can_be_confined() ? CONFINED_CALLS : 0); }

/* --- the process -------------------------------------------------------------------------------------------------------------- */

static void limit(int resource, rlim_t value) {
  struct rlimit both;
  if (getrlimit(resource, &both)) return;
  if (both.rlim_max == RLIM_INFINITY || value < both.rlim_max) both.rlim_max = value;
  both.rlim_cur = both.rlim_max;
  setrlimit(resource, &both);
}

static bool streams(const struct confined *c) {
  int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC), log = open(c->log, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  return nothing >= 0 && log >= 0 && dup2(nothing, 0) >= 0 && dup2(log, 1) >= 0 && dup2(log, 2) >= 0;
}

/* After fork: only what may be called there. Ends with the program, or with the reason in the pipe. */
static void become(const struct confined *c, const char *path, const char *own, int report) {
  static const int taken[] = {SIGINT, SIGTERM, SIGPIPE, SIGXFSZ};
  sigset_t none;
  sigemptyset(&none);
  for
    EACH(taken) signal(taken[i], SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
  setpgid(0, 0);
  bool good = !chdir(c->folder) && streams(c);
  limit(RLIMIT_FSIZE, (rlim_t)c->file_limit), limit(RLIMIT_CORE, 0);
  good = good && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && confine_files(c, own);
  if (good) confine_calls();
  if (good) execve(path, c->arguments, c->environment);
  int reason = errno;
  if (write(report, &reason, sizeof reason) < 0) _exit(126);
  _exit(127);
}

/* The file of the program in $PATH, and the folder that its real file is in. */
static bool find(const char *program, char *path, char *own) {
  const char *folders = getenv("PATH");
  for (const char *at = folders ? folders : "/usr/local/bin:/usr/bin:/bin"; *at; at += strcspn(at, ":"), at += *at == ':') {
    int length = (int)strcspn(at, ":");
    if (snprintf(path, PATH_MAX, "%.*s%s%s", length, at, length ? "/" : "", program) >= PATH_MAX || access(path, X_OK)) continue;
    if (!realpath(path, own)) continue;
    strcpy(path, own);
    char *slash = strrchr(own, '/');
    if (slash && slash != own) *slash = 0;
    return true;
  }
  return false;
}

int confined_start(const struct confined *c, pid_t *child) {
  char path[PATH_MAX], own[PATH_MAX];
  int report[2], reason = 0;
  if (!find(c->program, path, own)) return ENOENT;
  if (pipe2(report, O_CLOEXEC)) return errno;
  *child = fork();
  if (!*child) become(c, path, own, report[1]);
  if (*child < 0) reason = errno;
  close(report[1]);
  if (*child > 0 && read(report[0], &reason, sizeof reason) == (ssize_t)sizeof reason) waitpid(*child, NULL, 0);
  close(report[0]);
  return reason;
}
