/*
 * Power loss for one directory, as a preloaded library (Linux, 64 bit).
 *
 * Counts every call that changes a file or a directory below ENGRAM_POWER_DIR (which must exist at
 * the start), and in place of call number ENGRAM_POWER_AT cuts the power: brings the directory to a
 * state that a disk could hold, and ends the process at once with exit code 137. What is on the
 * disk when the process starts counts as durable.
 *
 *   ENGRAM_POWER_AT     first call that no longer happens; 0 or absent: never, only count
 *   ENGRAM_POWER_COUNT  file that holds the count so far, as one native 64-bit number
 *   ENGRAM_POWER_SEED   0: everything that was not synced is lost. Else a seed: by chance a prefix
 *                       of an unsynced tail, a part of an unsynced overwrite, and a prefix of the
 *                       unsynced directory changes have reached the disk
 *   ENGRAM_POWER_DAMAGE 1: the kept part of an unsynced tail may also end in zeros or in garbage
 *
 * The model, stricter than any one file system:
 *   - fsync and fdatasync make the file's content and length durable, not its name. sync_file_range
 *     and close make nothing durable. No real sync is issued, so a test waits for no disk.
 *   - fsync of a directory makes all earlier changes in that directory durable: creations, links,
 *     removals, renames (they belong to the target's directory) and new subdirectories.
 *   - Bytes overwritten or cut off below the synced length come back, also when the file was
 *     removed; a file or directory whose creation was not synced is gone with all it holds.
 *   - Without a sync, directory changes reach the disk in their order.
 *
 * Not modelled: stores through a writable mapping and msync, io_uring, stdio streams (their bytes
 * count as unsynced but are not counted as calls; the same for sendfile and copy_file_range);
 * removal of a directory, mode and time stamps (durable at once); renames into or out of the
 * directory; truncate by path; lies of the device about what it has flushed.
 *
 * Calls on files below the directory run one at a time, under one lock; all others pass through.
 * Files are known by device and inode, so duplicated descriptors and renames need no care.
 * Kernel calls are made directly, never through the functions that are replaced here.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CUT_EXIT = 137, NAME_SIZE = 256, SECTOR = 512, GARBAGE = 4096, MAX_DIRS = 1024 };

/* Durable bytes that an unsynced write or truncation took away; the newest comes first. */
struct undo {
  struct undo *next;
  off_t at;
  size_t size;
  unsigned char bytes[];
};

struct file {
  dev_t dev;
  ino_t ino;
  int fd;         /* our own, so that the inode outlives its name */
  off_t synced;   /* durable length */
  off_t shortest; /* least length since the last sync, at most synced */
  struct undo *undo;
};

struct dir {
  dev_t dev;
  ino_t ino;
  int fd; /* -1: removed */
};

enum kind { CREATED, MADE_DIR, REMOVED, RENAMED };

/* A directory change that is not durable yet. */
struct change {
  enum kind kind;
  int dir, from_dir;
  char name[NAME_SIZE], from[NAME_SIZE];
  struct file *lost; /* what REMOVED or RENAMED took the name from, or NULL */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool ready, damage;
static uint64_t calls, cut_at, seed, random_state;
static uint64_t *published = &calls;
static struct file **files;
static size_t file_count;
static struct dir dirs[MAX_DIRS];
static int dir_count;
static struct change *changes;
static size_t change_count;

static void die(const char *why) {
  dprintf(2, "power_loss: %s: errno=%d\n", why, errno);
  syscall(SYS_exit_group, 99);
}

static void *grown(void *block, size_t size) {
  void *larger = realloc(block, size);
  if (!larger) die("out of memory");
  return larger;
}

/* A number below the limit, by the seed (splitmix64). */
static uint64_t chance(uint64_t limit) {
  uint64_t x = random_state += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return (x ^ (x >> 31)) % limit;
}

static off_t length(int fd) {
  struct stat s;
  return fstat(fd, &s) == 0 ? s.st_size : 0;
}

/* ---- files ---- */

static struct file *known(const struct stat *s) {
  for (size_t i = 0; i < file_count; i++) {
    if (files[i]->ino == s->st_ino && files[i]->dev == s->st_dev) return files[i];
  }
  return NULL;
}

/* Starts to follow the regular file behind a path or descriptor; NULL when it is none. */
static struct file *follow(int dir_fd, const char *name, bool is_new) {
  int fd = (int) syscall(SYS_openat, dir_fd, name, O_RDWR | O_CLOEXEC | O_NONBLOCK, 0);
  struct stat s;
  if (fd < 0) return NULL;
  bool regular = fstat(fd, &s) == 0 && S_ISREG(s.st_mode);
  struct file *f = regular ? known(&s) : NULL;
  if (!regular || f) {
    syscall(SYS_close, fd);
    return f;
  }
  f = grown(NULL, sizeof *f);
  off_t durable = is_new ? 0 : s.st_size;
  *f = (struct file){s.st_dev, s.st_ino, fd, durable, durable, NULL};
  files = grown(files, (file_count + 1) * sizeof *files);
  return files[file_count++] = f;
}

static void settle(struct file *f) {
  for (struct undo *u = f->undo, *next; u; u = next) {
    next = u->next;
    free(u);
  }
  f->undo = NULL;
  f->synced = f->shortest = length(f->fd);
}

/* Whether no name leads to the file any more, and no cut could bring one back. */
static bool is_gone(const struct file *f) {
  struct stat s;
  for (size_t i = 0; i < change_count; i++) {
    if (changes[i].lost == f) return false;
  }
  return fstat(f->fd, &s) == 0 && s.st_nlink == 0;
}

static void forget_gone_files(void) {
  for (size_t i = file_count; i-- > 0;) {
    struct file *f = files[i];
    if (!is_gone(f)) continue;
    settle(f);
    syscall(SYS_close, f->fd);
    free(f);
    files[i] = files[--file_count];
  }
}

/* Keeps the durable bytes of a range that is about to change. */
static void remember(struct file *f, off_t at, off_t size) {
  off_t end = at + size < f->synced ? at + size : f->synced;
  if (at >= end) return;
  struct undo *u = grown(NULL, sizeof *u + (size_t) (end - at));
  ssize_t had = pread(f->fd, u->bytes, (size_t) (end - at), at);
  *u = (struct undo){f->undo, at, had > 0 ? (size_t) had : 0};
  f->undo = u;
}

static void shorten(struct file *f, off_t to) {
  if (to >= f->synced) return;
  remember(f, to, f->synced - to);
  if (to < f->shortest) f->shortest = to;
}

/* ---- the cut ---- */

static void put_back(const struct file *f, const struct undo *u, size_t from) {
  if (from < u->size
      && syscall(SYS_pwrite64, f->fd, u->bytes + from, u->size - from, u->at + (off_t) from) < 0) {
    die("cannot restore");
  }
}

static void tear_tail(struct file *f, off_t durable) {
  off_t size = length(f->fd);
  if (size <= durable) return;
  uint64_t tail = (uint64_t) (size - durable), kept = 0;
  if (seed) kept = chance(4) == 0 ? tail : chance(tail + 1);
  if (syscall(SYS_ftruncate, f->fd, durable + (off_t) kept) != 0) die("cannot truncate");
  if (!damage || !seed || kept == 0) return;
  uint64_t harm = chance(3), spoilt = 1 + chance(kept < GARBAGE ? kept : GARBAGE);
  unsigned char bytes[GARBAGE] = {0};
  for (uint64_t i = 0; harm == 2 && i < spoilt; i++) bytes[i] = (unsigned char) chance(256);
  off_t at = durable + (off_t) (kept - spoilt);
  if (harm && syscall(SYS_pwrite64, f->fd, bytes, spoilt, at) < 0) die("cannot damage");
}

static void lose_content(struct file *f) {
  bool shortened = f->shortest < f->synced, keeps_new = seed && chance(2);
  for (struct undo *u = f->undo; u; u = u->next) {
    if (!keeps_new) put_back(f, u, 0);
    else if (!shortened) put_back(f, u, chance(u->size / SECTOR + 2) * SECTOR);
  }
  tear_tail(f, keeps_new ? f->shortest : f->synced);
}

static int remove_entry(const char *path, const struct stat *s, int kind, struct FTW *where) {
  (void) s, (void) where;
  return (int) syscall(SYS_unlinkat, AT_FDCWD, path, kind == FTW_DP ? AT_REMOVEDIR : 0);
}

static void bring_back(int dir_fd, const char *name, const struct file *f) {
  struct stat s;
  if (!f || fstat(f->fd, &s) != 0) return;
  int fd = (int) syscall(SYS_openat, dir_fd, name, O_CREAT | O_EXCL | O_WRONLY, s.st_mode & 0777);
  if (fd < 0) return;
  for (off_t at = 0; at < s.st_size;) {
    if (sendfile(fd, f->fd, &at, (size_t) (s.st_size - at)) <= 0) die("cannot bring back");
  }
}

static void revert(const struct change *c) {
  int fd = dirs[c->dir].fd;
  char path[NAME_SIZE + 64];
  switch (c->kind) {
    case CREATED:
      syscall(SYS_unlinkat, fd, c->name, 0);
      break;
    case MADE_DIR:
      snprintf(path, sizeof path, "/proc/self/fd/%d/%s", fd, c->name);
      nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
      break;
    case REMOVED:
      bring_back(fd, c->name, c->lost);
      break;
    case RENAMED:
      syscall(SYS_renameat2, fd, c->name, dirs[c->from_dir].fd, c->from, 0);
      bring_back(fd, c->name, c->lost);
      break;
  }
}

static void cut_power(void) {
  for (size_t i = 0; i < file_count; i++) lose_content(files[i]);
  size_t kept = seed ? chance(change_count + 1) : 0;
  while (change_count > kept) revert(&changes[--change_count]);
  syscall(SYS_exit_group, CUT_EXIT);
}

/* Counts one call; the lock is held. */
static void count_call(void) {
  calls++;
  if (calls == cut_at) cut_power();
  *published = calls;
}

/* ---- directories ---- */

static int find_dir(const struct stat *s) {
  for (int i = 0; i < dir_count; i++) {
    if (dirs[i].fd >= 0 && dirs[i].ino == s->st_ino && dirs[i].dev == s->st_dev) return i;
  }
  return -1;
}

static void follow_dir(int dir_fd, const char *path) {
  int fd = (int) syscall(SYS_openat, dir_fd, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
  struct stat s;
  if (fd < 0 || fstat(fd, &s) != 0) return;
  if (dir_count == MAX_DIRS) die("too many directories");
  dirs[dir_count++] = (struct dir){s.st_dev, s.st_ino, fd};
}

/* Splits a path into a directory that we follow, or -1, and the name in it. */
static int split(int at, const char *path, char name[NAME_SIZE]) {
  char parent[4096];
  size_t end = strlen(path), start;
  while (end > 1 && path[end - 1] == '/') end--;
  for (start = end; start > 0 && path[start - 1] != '/';) start--;
  if (start >= sizeof parent || end - start >= NAME_SIZE) return -1;
  snprintf(name, NAME_SIZE, "%.*s", (int) (end - start), path + start);
  snprintf(parent, sizeof parent, "%.*s", (int) start, path);
  int fd = (int) syscall(SYS_openat, at, start ? parent : ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
  struct stat s;
  int dir = fd >= 0 && fstat(fd, &s) == 0 ? find_dir(&s) : -1;
  if (fd >= 0) syscall(SYS_close, fd);
  return dir;
}

static struct change *note(enum kind kind, int dir, const char *name, struct file *lost) {
  changes = grown(changes, (change_count + 1) * sizeof *changes);
  struct change *c = &changes[change_count++];
  *c = (struct change){.kind = kind, .dir = dir, .lost = lost};
  snprintf(c->name, NAME_SIZE, "%s", name);
  return c;
}

/* Makes the changes in one directory durable. */
static void settle_dir(int dir) {
  size_t left = 0;
  for (size_t i = 0; i < change_count; i++) {
    if (changes[i].dir != dir) changes[left++] = changes[i];
  }
  change_count = left;
  forget_gone_files();
}

static int start_with(const char *path, const struct stat *s, int kind, struct FTW *where) {
  (void) s, (void) where;
  if (kind == FTW_D) follow_dir(AT_FDCWD, path);
  return 0;
}

static uint64_t number(const char *name) {
  const char *text = getenv(name);
  return text ? strtoull(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void set_up(void) {
  const char *root = getenv("ENGRAM_POWER_DIR"), *count = getenv("ENGRAM_POWER_COUNT");
  if (!root) return;
  cut_at = number("ENGRAM_POWER_AT");
  random_state = seed = number("ENGRAM_POWER_SEED");
  damage = number("ENGRAM_POWER_DAMAGE") != 0;
  if (nftw(root, start_with, 16, FTW_PHYS) != 0 || dir_count == 0) die("ENGRAM_POWER_DIR");
  if (count) {
    int fd = (int) syscall(SYS_openat, AT_FDCWD, count, O_CREAT | O_TRUNC | O_RDWR, 0600);
    if (fd < 0 || syscall(SYS_ftruncate, fd, sizeof calls) != 0) die("ENGRAM_POWER_COUNT");
    published = mmap(NULL, sizeof calls, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (published == MAP_FAILED) die("ENGRAM_POWER_COUNT");
    syscall(SYS_close, fd);
  }
  unsetenv("ENGRAM_POWER_DIR"); /* a process that this one starts is not followed */
  ready = true;
}

/* ---- replaced calls on descriptors ---- */

/* Takes the lock and counts when the descriptor's file is followed; else NULL, without the lock. */
static struct file *begin(int fd) {
  struct stat s;
  if (!ready || fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) return NULL;
  pthread_mutex_lock(&lock);
  struct file *f = known(&s);
  if (f) count_call();
  else pthread_mutex_unlock(&lock);
  return f;
}

static long end(long result) {
  pthread_mutex_unlock(&lock);
  return result; /* unlocking leaves errno alone */
}

/* Where a write without a position goes. */
static off_t position(int fd) {
  return fcntl(fd, F_GETFL) & O_APPEND ? length(fd) : lseek(fd, 0, SEEK_CUR);
}

static off_t total(const struct iovec *parts, int n) {
  off_t sum = 0;
  for (int i = 0; i < n; i++) sum += (off_t) parts[i].iov_len;
  return sum;
}

/* Defines a call that changes bytes: what to keep of the followed file f, then the kernel call. */
#define CHANGES_BYTES(type, name, parameters, keep, ...)  \
  type name parameters {                                  \
    struct file *f = begin(fd);                           \
    if (!f) return (type) syscall(__VA_ARGS__);           \
    keep;                                                 \
    return (type) end(syscall(__VA_ARGS__));              \
  }

CHANGES_BYTES(ssize_t, write, (int fd, const void *from, size_t n),
              remember(f, position(fd), (off_t) n), SYS_write, fd, from, n)
CHANGES_BYTES(ssize_t, writev, (int fd, const struct iovec *from, int n),
              remember(f, position(fd), total(from, n)), SYS_writev, fd, from, n)

CHANGES_BYTES(ssize_t, pwrite, (int fd, const void *from, size_t n, off_t at),
              remember(f, at, (off_t) n), SYS_pwrite64, fd, from, n, at)
CHANGES_BYTES(ssize_t, pwritev, (int fd, const struct iovec *from, int n, off_t at),
              remember(f, at, total(from, n)), SYS_pwritev, fd, from, n, at, 0)
CHANGES_BYTES(int, ftruncate, (int fd, off_t size),
              shorten(f, size), SYS_ftruncate, fd, size)
CHANGES_BYTES(int, fallocate, (int fd, int mode, off_t at, off_t size),
              if (mode & ~FALLOC_FL_KEEP_SIZE) remember(f, at, size),
              SYS_fallocate, fd, mode, at, size)

/* Only counted: it promises nothing about the power. */
CHANGES_BYTES(int, sync_file_range, (int fd, off_t at, off_t size, unsigned flags),
              (void) f, SYS_sync_file_range, fd, at, size, flags)

static int sync_all(int fd, long call) {
  struct stat s;
  if (!ready || fstat(fd, &s) != 0) return (int) syscall(call, fd);
  if (S_ISDIR(s.st_mode)) {
    pthread_mutex_lock(&lock);
    int dir = find_dir(&s);
    if (dir < 0) return pthread_mutex_unlock(&lock), (int) syscall(call, fd);
    count_call();
    settle_dir(dir);
    return (int) end(0);
  }
  struct file *f = begin(fd);
  if (!f) return (int) syscall(call, fd);
  settle(f);
  return (int) end(0);
}

int fsync(int fd) { return sync_all(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_all(fd, SYS_fdatasync); }

/* ---- replaced calls on names ---- */

/* Locks and finds the directory of a path; -1, without the lock, when it is not ours. */
static int enter(int at, const char *path, char name[NAME_SIZE]) {
  if (!ready) return -1;
  pthread_mutex_lock(&lock);
  int dir = split(at, path, name);
  if (dir < 0) pthread_mutex_unlock(&lock);
  return dir;
}

static int open_any(int at, const char *path, int flags, mode_t mode) {
  char name[NAME_SIZE], self[64];
  struct stat s;
  bool may_change = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
  int dir = may_change && (flags & O_TMPFILE) != O_TMPFILE ? enter(at, path, name) : -1;
  if (dir < 0) return (int) syscall(SYS_openat, at, path, flags, mode);
  bool exists = fstatat(dirs[dir].fd, name, &s, 0) == 0;
  bool clears = exists && (flags & O_TRUNC) && !(flags & O_EXCL) && S_ISREG(s.st_mode);
  if (clears || (!exists && (flags & O_CREAT))) count_call();
  int fd = (int) syscall(SYS_openat, at, path, clears ? flags & ~O_TRUNC : flags, mode);
  if (fd >= 0) {
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    struct file *f = follow(AT_FDCWD, self, !exists);
    if (!exists) note(CREATED, dir, name, NULL);
    if (clears && f) shorten(f, 0);
    if (clears) syscall(SYS_ftruncate, fd, 0);
  }
  return (int) end(fd);
}

static mode_t mode_of(int flags, va_list more) {
  return flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = mode_of(flags, more);
  va_end(more);
  return open_any(AT_FDCWD, path, flags, mode);
}

int openat(int at, const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = mode_of(flags, more);
  va_end(more);
  return open_any(at, path, flags, mode);
}

int creat(const char *path, mode_t mode) {
  return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* What open becomes in programs compiled with _FORTIFY_SOURCE. */
int __open_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }
int __openat_2(int at, const char *path, int flags) { return open_any(at, path, flags, 0); }

int unlinkat(int at, const char *path, int flags) {
  char name[NAME_SIZE];
  struct stat s;
  int dir = enter(at, path, name);
  if (dir < 0) return (int) syscall(SYS_unlinkat, at, path, flags);
  int found = fstatat(dirs[dir].fd, name, &s, AT_SYMLINK_NOFOLLOW);
  struct file *lost = flags & AT_REMOVEDIR ? NULL : follow(dirs[dir].fd, name, false);
  count_call();
  int result = (int) syscall(SYS_unlinkat, at, path, flags);
  int gone = result == 0 && found == 0 && (flags & AT_REMOVEDIR) ? find_dir(&s) : -1;
  if (gone >= 0) {
    settle_dir(gone);
    syscall(SYS_close, dirs[gone].fd);
    dirs[gone].fd = -1;
  }
  if (result == 0 && lost) note(REMOVED, dir, name, lost);
  return (int) end(result);
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

int remove(const char *path) {
  int result = unlink(path);
  return result != 0 && errno == EISDIR ? rmdir(path) : result;
}

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
  char name[NAME_SIZE], from_name[NAME_SIZE];
  int dir = enter(to_at, to, name);
  if (dir < 0) return (int) syscall(SYS_renameat2, from_at, from, to_at, to, flags);
  int from_dir = split(from_at, from, from_name);
  struct file *lost = follow(dirs[dir].fd, name, false);
  count_call();
  int result = (int) syscall(SYS_renameat2, from_at, from, to_at, to, flags);
  if (result == 0 && from_dir >= 0) {
    struct change *c = note(RENAMED, dir, name, lost);
    c->from_dir = from_dir;
    memcpy(c->from, from_name, NAME_SIZE);
  }
  return (int) end(result);
}

int rename(const char *from, const char *to) {
  return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}
int renameat(int from_at, const char *from, int to_at, const char *to) {
  return renameat2(from_at, from, to_at, to, 0);
}

int linkat(int from_at, const char *from, int to_at, const char *to, int flags) {
  char name[NAME_SIZE];
  int dir = enter(to_at, to, name);
  if (dir < 0) return (int) syscall(SYS_linkat, from_at, from, to_at, to, flags);
  count_call();
  int result = (int) syscall(SYS_linkat, from_at, from, to_at, to, flags);
  if (result == 0) note(CREATED, dir, name, NULL);
  return (int) end(result);
}

int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

int mkdirat(int at, const char *path, mode_t mode) {
  char name[NAME_SIZE];
  int dir = enter(at, path, name);
  if (dir < 0) return (int) syscall(SYS_mkdirat, at, path, mode);
  count_call();
  int result = (int) syscall(SYS_mkdirat, at, path, mode);
  if (result == 0) {
    follow_dir(dirs[dir].fd, name);
    note(MADE_DIR, dir, name, NULL);
  }
  return (int) end(result);
}

int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

/* The names for 64-bit offsets: on 64-bit systems the same functions. */
#define TWIN(name, twin) extern __typeof(name) twin __attribute__((alias(#name)))
TWIN(open, open64);
TWIN(openat, openat64);
TWIN(creat, creat64);
TWIN(__open_2, __open64_2);
TWIN(__openat_2, __openat64_2);
TWIN(pwrite, pwrite64);
TWIN(pwritev, pwritev64);
TWIN(ftruncate, ftruncate64);
TWIN(fallocate, fallocate64);
