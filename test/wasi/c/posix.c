// What POSIX promises about files, as checks that hold on Linux too: built natively and run in an empty
// directory, this program must say the same. It works in its current directory and leaves it empty.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static int failures, checks;

#define CHECK(condition)                                        \
  do {                                                          \
    checks++;                                                   \
    if (!(condition)) {                                         \
      failures++;                                               \
      printf("line %d: %s (errno %s)\n", __LINE__, #condition, strerror(errno)); \
    }                                                           \
  } while (0)

#define FAILS(call, error) \
  do {                     \
    errno = 0;             \
    CHECK((call) == -1);   \
    CHECK(errno == error); \
  } while (0)

static void make(const char *name, const char *content) {
  int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0666);
  CHECK(fd >= 0);
  CHECK(write(fd, content, strlen(content)) == (ssize_t)strlen(content));
  CHECK(close(fd) == 0);
}

static int holds(const char *name, const char *content) {
  char buffer[256] = {0};
  int fd = open(name, O_RDONLY);
  if (fd < 0) return 0;
  ssize_t count = read(fd, buffer, sizeof buffer - 1);
  close(fd);
  return count == (ssize_t)strlen(content) && strcmp(buffer, content) == 0;
}

static void opening(void) {
  FAILS(open("missing", O_RDONLY), ENOENT);
  make("file", "content");
  FAILS(open("file", O_CREAT | O_EXCL | O_WRONLY, 0666), EEXIST);
  FAILS(open("file/x", O_RDONLY), ENOTDIR);
  FAILS(open("file", O_RDONLY | O_DIRECTORY), ENOTDIR);
  FAILS(open(".", O_WRONLY), EISDIR);
  int fd = open("file", O_RDONLY);
  CHECK((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY);
  FAILS(write(fd, "x", 1), EBADF);
  FAILS(ftruncate(fd, 0), EINVAL);
  CHECK(close(fd) == 0);
  FAILS(close(fd), EBADF);
  FAILS(read(fd, &fd, 1), EBADF);
  FAILS(lseek(fd, 0, SEEK_SET), EBADF);
  fd = open("file", O_WRONLY);
  char byte;
  FAILS(read(fd, &byte, 1), EBADF);
  CHECK((fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY);
  CHECK(fcntl(fd, F_SETFL, O_NONBLOCK | O_APPEND) == 0);
  CHECK((fcntl(fd, F_GETFL) & (O_NONBLOCK | O_APPEND)) == (O_NONBLOCK | O_APPEND));
  CHECK(write(fd, "+", 1) == 1);
  CHECK(close(fd) == 0);
  CHECK(holds("file", "content+"));
  CHECK(access("file", R_OK | W_OK) == 0);
  FAILS(access("missing", F_OK), ENOENT);
  CHECK(unlink("file") == 0);
}

static void moving_bytes(void) {
  int fd = open("data", O_RDWR | O_CREAT | O_TRUNC, 0666);
  struct iovec out[3] = {{"ab", 2}, {"", 0}, {"cdef", 4}};
  CHECK(writev(fd, out, 3) == 6);
  CHECK(lseek(fd, 0, SEEK_CUR) == 6);
  char a[3] = {0}, b[9] = {0};
  struct iovec in[2] = {{a, 2}, {b, 8}};
  CHECK(lseek(fd, 1, SEEK_SET) == 1);
  CHECK(readv(fd, in, 2) == 5);
  CHECK(strcmp(a, "bc") == 0 && strcmp(b, "def") == 0);
  CHECK(pread(fd, b, 2, 4) == 2 && b[0] == 'e');
  CHECK(pwrite(fd, "Z", 1, 0) == 1);
  CHECK(lseek(fd, 0, SEEK_CUR) == 6);
  FAILS(lseek(fd, -1, SEEK_SET), EINVAL);
  FAILS(lseek(fd, 0, 77), EINVAL);
  CHECK(lseek(fd, 10, SEEK_END) == 16);
  CHECK(write(fd, "!", 1) == 1);
  struct stat st;
  CHECK(fstat(fd, &st) == 0 && st.st_size == 17 && S_ISREG(st.st_mode) && st.st_nlink == 1);
  CHECK(pread(fd, b, 4, 12) == 4 && b[0] == 0 && b[3] == 0);
  CHECK(ftruncate(fd, 3) == 0);
  CHECK(lseek(fd, 0, SEEK_END) == 3);
  CHECK(posix_fallocate(fd, 0, 8) == 0);
  CHECK(lseek(fd, 0, SEEK_END) == 8);
  CHECK(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL) == 0);
  CHECK(posix_fadvise(99, 0, 0, POSIX_FADV_NORMAL) == EBADF);
  CHECK(fsync(fd) == 0 && fdatasync(fd) == 0);
  CHECK(unlink("data") == 0);
  CHECK(pread(fd, b, 1, 0) == 1 && b[0] == 'Z');
  CHECK(fstat(fd, &st) == 0 && st.st_nlink == 0);
  CHECK(close(fd) == 0);
}

static void standard_io(void) {
  FILE *file = fopen("text", "w+");
  for (int i = 0; i < 5000; i++) fprintf(file, "line %d\n", i);
  rewind(file);
  char line[64];
  int lines = 0;
  while (fgets(line, sizeof line, file) != NULL) lines++;
  CHECK(lines == 5000);
  CHECK(fseek(file, -10, SEEK_END) == 0);
  CHECK(fgets(line, sizeof line, file) != NULL && strcmp(line, "line 4999\n") == 0);
  CHECK(fclose(file) == 0);
  file = fopen("text", "a");
  CHECK(fprintf(file, "end\n") == 4 && fclose(file) == 0);
  struct stat st;
  CHECK(stat("text", &st) == 0 && st.st_size == 48894);
  CHECK(remove("text") == 0);
}

static void directories(void) {
  CHECK(mkdir("d", 0777) == 0);
  FAILS(mkdir("d", 0777), EEXIST);
  FAILS(mkdir("x/y", 0777), ENOENT);
  char name[32];
  for (int i = 0; i < 300; i++) {
    sprintf(name, "d/entry-%d", i);
    make(name, "");
  }
  DIR *directory = opendir("d");
  struct dirent *entry;
  int count = 0, dots = 0;
  long places[302];
  char names[302][32];
  for (;;) {
    long place = telldir(directory);
    if ((entry = readdir(directory)) == NULL) break;
    if (entry->d_name[0] == '.') dots++;
    places[count] = place;
    strcpy(names[count++], entry->d_name);
  }
  CHECK(count == 302 && dots == 2);
  for (int i = 301; i >= 0; i -= 50) {
    seekdir(directory, places[i]);
    entry = readdir(directory);
    CHECK(entry != NULL && strcmp(entry->d_name, names[i]) == 0);
  }
  rewinddir(directory);
  for (count = 0; readdir(directory) != NULL;) count++;
  CHECK(count == 302);
  CHECK(closedir(directory) == 0);
  FAILS(rmdir("d"), ENOTEMPTY);
  FAILS(unlink("d"), EISDIR);
  for (int i = 0; i < 300; i++) {
    sprintf(name, "d/entry-%d", i);
    CHECK(unlink(name) == 0);
  }
  CHECK(rmdir("d/") == 0);
  FAILS(rmdir("d"), ENOENT);
}

static void links(void) {
  char target[16] = {0};
  make("file", "linked");
  CHECK(symlink("file", "soft") == 0);
  CHECK(readlink("soft", target, 2) == 2 && strcmp(target, "fi") == 0);
  CHECK(readlink("soft", target, sizeof target) == 4 && strcmp(target, "file") == 0);
  FAILS(readlink("file", target, 4), EINVAL);
  CHECK(holds("soft", "linked"));
  FAILS(open("soft", O_RDONLY | O_NOFOLLOW), ELOOP);
  struct stat st;
  CHECK(lstat("soft", &st) == 0 && S_ISLNK(st.st_mode) && st.st_size == 4);
  CHECK(stat("soft", &st) == 0 && S_ISREG(st.st_mode));
  CHECK(link("file", "hard") == 0);
  CHECK(stat("hard", &st) == 0 && st.st_nlink == 2);
  FAILS(link("file", "hard"), EEXIST);
  CHECK(symlink("loop", "loop") == 0);
  FAILS(open("loop", O_RDONLY), ELOOP);
  CHECK(unlink("loop") == 0 && unlink("soft") == 0 && unlink("hard") == 0);
  CHECK(holds("file", "linked") && unlink("file") == 0);
}

static void renaming(void) {
  make("a", "from a");
  make("b", "from b");
  CHECK(rename("a", "b") == 0 && holds("b", "from a"));
  FAILS(rename("a", "c"), ENOENT);
  CHECK(mkdir("d", 0777) == 0 && mkdir("e", 0777) == 0);
  FAILS(rename("b", "d"), EISDIR);
  FAILS(rename("d", "b"), ENOTDIR);
  FAILS(rename("d", "d/x"), EINVAL);
  CHECK(rename("b", "d/b") == 0);
  FAILS(rename("e", "d"), ENOTEMPTY);
  CHECK(rename("d", "e") == 0 && holds("e/b", "from a"));
  CHECK(unlink("e/b") == 0 && rmdir("e") == 0);
}

static void times(void) {
  make("file", "");
  struct timespec both[2] = {{1000000000, 5000}, {1200000000, 7000}};
  CHECK(utimensat(AT_FDCWD, "file", both, 0) == 0);
  struct stat st;
  CHECK(stat("file", &st) == 0);
  CHECK(st.st_atim.tv_sec == 1000000000 && st.st_mtim.tv_sec == 1200000000);
  both[0].tv_nsec = UTIME_OMIT;
  both[1].tv_nsec = UTIME_NOW;
  CHECK(utimensat(AT_FDCWD, "file", both, 0) == 0 && stat("file", &st) == 0);
  CHECK(st.st_atim.tv_sec == 1000000000 && st.st_mtim.tv_sec > 1700000000);
  CHECK(symlink("file", "soft") == 0);
  both[0] = both[1] = (struct timespec){1100000000, 0};
  CHECK(utimensat(AT_FDCWD, "soft", both, AT_SYMLINK_NOFOLLOW) == 0);
  CHECK(lstat("soft", &st) == 0 && st.st_mtim.tv_sec == 1100000000);
  CHECK(stat("soft", &st) == 0 && st.st_mtim.tv_sec > 1700000000);
  CHECK(unlink("soft") == 0 && unlink("file") == 0);
}

static long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Standard input is a pipe with the four bytes "in!\n" and then its end. */
static void waiting(void) {
  long start = milliseconds();
  CHECK(usleep(30000) == 0);
  CHECK(milliseconds() - start >= 30);
  make("file", "x");
  struct pollfd fds[2] = {{open("file", O_RDONLY), POLLIN, 0}, {0, POLLIN, 0}};
  CHECK(poll(fds, 1, -1) == 1 && (fds[0].revents & POLLIN) != 0);
  CHECK(poll(fds + 1, 1, 5000) == 1 && (fds[1].revents & POLLIN) != 0);
  char input[16];
  CHECK(read(0, input, sizeof input) == 4 && memcmp(input, "in!\n", 4) == 0);
  CHECK(read(0, input, sizeof input) == 0);
  CHECK(read(0, input, sizeof input) == 0);
  FAILS(lseek(0, 0, SEEK_CUR), ESPIPE);
  FAILS(pread(0, input, 1, 0), ESPIPE);
  CHECK(close(fds[0].fd) == 0 && unlink("file") == 0);
  CHECK(isatty(0) == 0);
}

int main(void) {
  opening();
  moving_bytes();
  standard_io();
  directories();
  links();
  renaming();
  times();
  waiting();
  fprintf(stderr, "%s\n", failures == 0 ? "all good" : "failed");
  printf("%d checks, %d failures\n", checks, failures);
  return failures == 0 ? 42 : 1;
}
