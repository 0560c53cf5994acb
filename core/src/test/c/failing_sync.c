/*
 * A device that fails: while the file named by ENGRAM_FAIL_SYNC exists, fsync and fdatasync return
 * EIO. Preloaded into a child process by FailingSyncShim.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int fails(void) {
  const char *trigger = getenv("ENGRAM_FAIL_SYNC");
  int saved = errno;
  int there = trigger != NULL && access(trigger, F_OK) == 0;
  errno = saved;
  return there;
}

static int sync_with(const char *name, int fd) {
  if (fails()) {
    errno = EIO;
    return -1;
  }
  int (*real)(int);
  *(void **)&real = dlsym(RTLD_NEXT, name);
  return real(fd);
}

int fsync(int fd) {
  return sync_with("fsync", fd);
}

int fdatasync(int fd) {
  return sync_with("fdatasync", fd);
}
