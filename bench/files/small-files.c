/*
 * Many small files in a few directories: made, written, looked at, listed, read, renamed, removed.
 * Prints a checksum of what it saw, which depends on every one of these steps.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { directoryCount = 8, textBytes = 700 };

static unsigned long sum;

static void fail(const char *what, const char *path) {
  fprintf(stderr, "%s ", what);
  perror(path);
  exit(1);
}

static void name(char *path, int file, const char *kind) {
  sprintf(path, "/d%d/%s-%d", file % directoryCount, kind, file);
}

static void make(int file) {
  char path[64], text[textBytes];
  name(path, file, "new");
  int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);
  if (fd < 0) fail("open", path);
  memset(text, 'a' + file % 26, sizeof text);
  if (write(fd, text, sizeof text) != sizeof text) fail("write", path);
  if (close(fd) != 0) fail("close", path);
}

static void look(int file) {
  char path[64], text[textBytes + 1];
  struct stat about;
  name(path, file, "new");
  if (stat(path, &about) != 0) fail("stat", path);
  int fd = open(path, O_RDONLY);
  if (fd < 0) fail("open", path);
  ssize_t bytes = read(fd, text, sizeof text);
  if (bytes != about.st_size) fail("read", path);
  sum = sum * 31 + text[file % textBytes] + bytes;
  close(fd);
}

static void list(int directory) {
  char path[16];
  sprintf(path, "/d%d", directory);
  DIR *listing = opendir(path);
  if (listing == NULL) fail("opendir", path);
  for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
    /* Not every host lists the directory itself and the one above. */
    if (entry->d_name[0] != '.') sum += strlen(entry->d_name);
  }
  closedir(listing);
}

static void drop(int file) {
  char path[64], other[64];
  name(path, file, "new");
  name(other, file, "old");
  if (rename(path, other) != 0) fail("rename", path);
  if (unlink(other) != 0) fail("unlink", other);
}

int main(int count, char **words) {
  int files = count > 1 ? atoi(words[1]) : 100;
  char path[16];
  for (int i = 0; i < directoryCount; i++) {
    sprintf(path, "/d%d", i);
    if (mkdir(path, 0755) != 0) fail("mkdir", path);
  }
  for (int i = 0; i < files; i++) make(i);
  for (int i = 0; i < files; i++) look(i);
  for (int i = 0; i < directoryCount; i++) list(i);
  for (int i = 0; i < files; i++) drop(i);
  for (int i = 0; i < directoryCount; i++) {
    sprintf(path, "/d%d", i);
    if (rmdir(path) != 0) fail("rmdir", path);
  }
  printf("%lu\n", sum);
}
