/*
 * What two processes on one directory count on: only one makes a file, every appended line is whole, a
 * name that is renamed over is never missing. Arguments: own letter, rounds. Prints how many files it
 * made, and what it saw that it should not have seen.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { lineBytes = 64 };

static int claim(int round) {
  char path[32];
  sprintf(path, "/claim-%d", round);
  int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);
  if (fd >= 0) return close(fd), 1;
  if (errno != EEXIST) perror(path);
  return 0;
}

static void append(int log, char letter) {
  char line[lineBytes];
  memset(line, letter, sizeof line);
  line[lineBytes - 1] = '\n';
  if (write(log, line, sizeof line) != sizeof line) perror("append");
}

/* Puts a file of its own over the shared name, and looks at whatever is there then. */
static void replace(char letter) {
  char own[16], text[8] = "";
  sprintf(own, "/own-%c", letter);
  int fd = open(own, O_CREAT | O_TRUNC | O_WRONLY, 0644);
  if (fd < 0 || write(fd, "whole", 5) != 5 || close(fd) != 0) perror(own);
  if (rename(own, "/shared") != 0) perror("rename");
  fd = open("/shared", O_RDONLY);
  if (fd < 0) return perror("/shared");
  if (read(fd, text, 7) != 5 || strcmp(text, "whole") != 0) printf("read \"%s\"\n", text);
  close(fd);
}

int main(int count, char **words) {
  char letter = count > 1 ? words[1][0] : 'a';
  int rounds = count > 2 ? atoi(words[2]) : 100, made = 0;
  /* Waits for the other, so that both run at once. */
  char path[16];
  sprintf(path, "/here-%c", letter);
  close(open(path, O_CREAT | O_WRONLY, 0644));
  sprintf(path, "/here-%c", letter == 'a' ? 'b' : 'a');
  while (access(path, F_OK) != 0) {}
  int log = open("/log", O_CREAT | O_APPEND | O_WRONLY, 0644);
  if (log < 0) perror("log");
  for (int i = 0; i < rounds; i++) {
    made += claim(i);
    append(log, letter);
    replace(letter);
  }
  printf("made %d\n", made);
  return 0;
}
