/*
 * Makes the calls that its arguments say, one argument a call, and prints what each answered: a number,
 * a text, or the name of an errno. A word "-" stands for an empty one. The same source is compiled for Linux and for WASI.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { wordsMax = 6, entriesMax = 64, openMax = 16 };

static int opened[openMax];
static int openedCount;

#define NAME(errnoName) \
  case errnoName: \
    return #errnoName;

static const char *errorName(int error) {
  switch (error) {
    NAME(EACCES) NAME(EAGAIN) NAME(EBADF) NAME(EBUSY) NAME(EEXIST) NAME(EFBIG) NAME(EINVAL)
    NAME(EISDIR) NAME(ELOOP) NAME(EMLINK) NAME(ENAMETOOLONG) NAME(ENOENT) NAME(ENOSPC)
    NAME(ENOTDIR) NAME(ENOTEMPTY) NAME(ENOTTY) NAME(ENXIO) NAME(EOVERFLOW) NAME(EPERM)
    NAME(EPIPE) NAME(ESPIPE) NAME(EXDEV) NAME(ENOSYS) NAME(ENOTSUP)
  }
  return strerror(error);
}

static void answer(long result) {
  if (result < 0) printf(" %s\n", errorName(errno));
  else printf(" %ld\n", result);
}

static int descriptor(const char *word) {
  int index = atoi(word);
  return index >= 0 && index < openedCount ? opened[index] : 999;
}

static int openFlags(const char *letters) {
  int flags = strchr(letters, 'w') == NULL ? O_RDONLY : strchr(letters, 'r') ? O_RDWR : O_WRONLY;
  if (strchr(letters, 'c')) flags |= O_CREAT;
  if (strchr(letters, 'x')) flags |= O_EXCL;
  if (strchr(letters, 't')) flags |= O_TRUNC;
  if (strchr(letters, 'a')) flags |= O_APPEND;
  if (strchr(letters, 'd')) flags |= O_DIRECTORY;
  if (strchr(letters, 'n')) flags |= O_NOFOLLOW;
  return flags;
}

static void doOpen(char **words) {
  int fd = open(words[1], openFlags(words[2]), 0644);
  if (fd < 0) return answer(fd);
  opened[openedCount++] = fd;
  answer(openedCount - 1);
}

static void doRead(int fd, long count, long offset) {
  char buffer[4096];
  ssize_t got = offset < 0 ? read(fd, buffer, count) : pread(fd, buffer, count, offset);
  if (got < 0) return answer(got);
  printf(" [");
  for (ssize_t i = 0; i < got; i++) putchar(buffer[i] ? buffer[i] : '0');
  printf("]\n");
}

static void tellStat(int result, const struct stat *about) {
  if (result < 0) return answer(result);
  const char *type = S_ISREG(about->st_mode) ? "file" : S_ISDIR(about->st_mode) ? "directory"
    : S_ISLNK(about->st_mode) ? "link" : "other";
  /* The size and the links of a directory are each file system's own. */
  if (S_ISDIR(about->st_mode)) printf(" %s\n", type);
  else printf(" %s %lld bytes, %d links\n", type, (long long)about->st_size, (int)about->st_nlink);
}

static int byName(const void *one, const void *other) {
  return strcmp(*(char *const *)one, *(char *const *)other);
}

static void doList(const char *path) {
  DIR *directory = opendir(path);
  if (directory == NULL) return answer(-1);
  char *names[entriesMax];
  int count = 0;
  for (struct dirent *entry; count < entriesMax && (entry = readdir(directory)) != NULL;) {
    names[count] = malloc(strlen(entry->d_name) + 3);
    sprintf(names[count++], "%s%s", entry->d_name, entry->d_type == DT_DIR ? "/" : "");
  }
  closedir(directory);
  qsort(names, count, sizeof names[0], byName);
  for (int i = 0; i < count; i++) printf(" %s", names[i]);
  printf("\n");
}

/* Reads a directory to its end, goes back to where it was after some entries, and counts what is left. */
static void doSeekdir(const char *path, int before) {
  DIR *directory = opendir(path);
  if (directory == NULL) return answer(-1);
  for (int i = 0; i < before; i++) readdir(directory);
  long place = telldir(directory);
  int after = 0, again = 0, anew = 0;
  while (readdir(directory) != NULL) after++;
  seekdir(directory, place);
  while (readdir(directory) != NULL) again++;
  rewinddir(directory);
  while (readdir(directory) != NULL) anew++;
  closedir(directory);
  printf(" %d %d %d\n", after, again, anew);
}

static void doTimes(const char *path, long accessed, long modified, int flags) {
  struct timespec times[2] = {{accessed, 5000}, {modified, 7000}};
  struct stat about;
  int result = utimensat(AT_FDCWD, path, times, flags);
  if (result < 0) return answer(result);
  fstatat(AT_FDCWD, path, &about, flags);
  printf(" %ld.%ld %ld.%ld\n", (long)about.st_atim.tv_sec, (long)about.st_atim.tv_nsec,
    (long)about.st_mtim.tv_sec, (long)about.st_mtim.tv_nsec);
}

static void doReadlink(const char *path, long room) {
  char buffer[4096];
  ssize_t got = readlink(path, buffer, room);
  if (got < 0) return answer(got);
  printf(" [%.*s]\n", (int)got, buffer);
}

/* The flags of a descriptor that mean the same everywhere. */
static void doFlags(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return answer(flags);
  int mode = flags & O_ACCMODE;
  printf(" %s%s%s\n", mode == O_RDONLY ? "read" : mode == O_WRONLY ? "write" : "both",
    flags & O_APPEND ? " append" : "", flags & O_NONBLOCK ? " nonblock" : "");
}

static void doSetFlags(int fd, const char *letters) {
  int flags = (strchr(letters, 'a') ? O_APPEND : 0) | (strchr(letters, 'n') ? O_NONBLOCK : 0);
  answer(fcntl(fd, F_SETFL, flags));
}

static void perform(char **words) {
  struct stat about;
  const char *call = words[0];
  int fd = words[1] ? descriptor(words[1]) : 999;
  long number = words[2] ? atol(words[2]) : 0, second = words[3] ? atol(words[3]) : 0;
#define IS(name) (strcmp(call, name) == 0)
  if (IS("open")) doOpen(words);
  else if (IS("close")) answer(close(fd));
  else if (IS("read")) doRead(fd, number, -1);
  else if (IS("pread")) doRead(fd, number, second);
  else if (IS("write")) answer(write(fd, words[2], strlen(words[2])));
  else if (IS("pwrite")) answer(pwrite(fd, words[2], strlen(words[2]), second));
  else if (IS("seek")) answer(lseek(fd, number, second == 0 ? SEEK_SET : second == 1 ? SEEK_CUR : second == 2 ? SEEK_END : 77));
  else if (IS("truncate")) answer(ftruncate(fd, number));
  else if (IS("allocate")) { errno = posix_fallocate(fd, number, second); answer(errno ? -1 : 0); }
  else if (IS("advise")) { errno = posix_fadvise(fd, number, second, POSIX_FADV_WILLNEED); answer(errno ? -1 : 0); }
  else if (IS("sync")) answer(fsync(fd));
  else if (IS("datasync")) answer(fdatasync(fd));
  else if (IS("flags")) doFlags(fd);
  else if (IS("setflags")) doSetFlags(fd, words[2] ? words[2] : "");
  else if (IS("fstat")) tellStat(fstat(fd, &about), &about);
  else if (IS("stat")) tellStat(stat(words[1], &about), &about);
  else if (IS("lstat")) tellStat(lstat(words[1], &about), &about);
  else if (IS("access")) answer(access(words[1], F_OK));
  else if (IS("mkdir")) answer(mkdir(words[1], 0755));
  else if (IS("rmdir")) answer(rmdir(words[1]));
  else if (IS("unlink")) answer(unlink(words[1]));
  else if (IS("rename")) answer(rename(words[1], words[2]));
  else if (IS("link")) answer(link(words[1], words[2]));
  else if (IS("symlink")) answer(symlink(words[1], words[2]));
  else if (IS("readlink")) doReadlink(words[1], number);
  else if (IS("list")) doList(words[1]);
  else if (IS("seekdir")) doSeekdir(words[1], number);
  else if (IS("times")) doTimes(words[1], number, second, 0);
  else if (IS("ltimes")) doTimes(words[1], number, second, AT_SYMLINK_NOFOLLOW);
  else { fprintf(stderr, "calls: no call \"%s\"\n", call); exit(2); }
}

int main(int count, char **arguments) {
  for (int i = 1; i < count; i++) {
    char *words[wordsMax + 1] = {0};
    printf("%s:", arguments[i]);
    int found = 0;
    for (char *word = strtok(arguments[i], " "); word && found < wordsMax; word = strtok(NULL, " ")) {
      words[found++] = strcmp(word, "-") == 0 ? "" : word;
    }
    perform(words);
    fflush(stdout);
  }
  return 0;
}
