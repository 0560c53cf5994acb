/*
 * A device that fails. While the file named by ENGRAM_FAIL_SYNC exists, fsync and fdatasync return
 * EIO; while the file named by ENGRAM_DISK_FULL exists, writes to regular files write half of what
 * they were given, or return ENOSPC. Preloaded into a child process by FailingDeviceShim.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int there(const char *variable) {
  const char *trigger = getenv(variable);
  int saved = errno;
  int found = trigger != NULL && access(trigger, F_OK) == 0;
  errno = saved;
  return found;
}

static int full(int fd) {
  struct stat what;
  return there("ENGRAM_DISK_FULL") && fstat(fd, &what) == 0 && S_ISREG(what.st_mode);
}

/* As a real disk does: the last blocks take a part, then nothing. */
static size_t fits(int fd, size_t bytes) {
  return full(fd) ? bytes / 2 : bytes;
}

static ssize_t no_space(void) {
  errno = ENOSPC;
  return -1;
}

static int sync_with(const char *name, int fd) {
  if (there("ENGRAM_FAIL_SYNC")) {
    errno = EIO;
    return -1;
  }
  int (*real)(int);
  *(void **)&real = dlsym(RTLD_NEXT, name);
  return real(fd);
}

static ssize_t pwrite_with(const char *name, int fd, const void *from, size_t bytes, off_t at) {
  size_t some = fits(fd, bytes);
  if (some == 0 && bytes != 0) {
    return no_space();
  }
  ssize_t (*real)(int, const void *, size_t, off_t);
  *(void **)&real = dlsym(RTLD_NEXT, name);
  return real(fd, from, some, at);
}

int fsync(int fd) {
  return sync_with("fsync", fd);
}

int fdatasync(int fd) {
  return sync_with("fdatasync", fd);
}

ssize_t write(int fd, const void *from, size_t bytes) {
  size_t some = fits(fd, bytes);
  if (some == 0 && bytes != 0) {
    return no_space();
  }
  ssize_t (*real)(int, const void *, size_t);
  *(void **)&real = dlsym(RTLD_NEXT, "write");
  return real(fd, from, some);
}

ssize_t pwrite(int fd, const void *from, size_t bytes, off_t at) {
  return pwrite_with("pwrite", fd, from, bytes, at);
}

ssize_t pwrite64(int fd, const void *from, size_t bytes, off_t at) {
  return pwrite_with("pwrite64", fd, from, bytes, at);
}

int posix_fallocate(int fd, off_t at, off_t bytes) {
  if (full(fd)) {
    return ENOSPC;
  }
  int (*real)(int, off_t, off_t);
  *(void **)&real = dlsym(RTLD_NEXT, "posix_fallocate");
  return real(fd, at, bytes);
}
