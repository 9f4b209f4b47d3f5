// Waiting for several servers at once, with real time and a real kernel. As the first of two programs it
// fills the pipe to the second, waits for room in it and for input at once, and then for input and a pipe
// of its own, telling on standard error where it is. As `drain` it is the second.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "shoal_process.h"

static char buffer[4096];

static int drain(void) {
  // The pipe is full by then, or will be soon: either way its writer waits for us.
  poll(NULL, 0, 50);
  while (read(0, buffer, sizeof buffer) > 0) {}
  return 0;
}

static void fill(int fd) {
  fcntl(fd, F_SETFL, O_NONBLOCK);
  while (write(fd, buffer, sizeof buffer) > 0) {}
  if (errno != EAGAIN) fprintf(stderr, "failed: a full pipe says %d\n", errno);
}

// Waits for two descriptors; answers which of them were ready as bits.
static int wait_for(int fd, short events, int other, short other_events, int timeout_ms) {
  struct pollfd fds[] = {{.fd = fd, .events = events}, {.fd = other, .events = other_events}};
  int count = poll(fds, 2, timeout_ms);
  if (count < 0) return -1;
  return (fds[0].revents != 0 ? 1 : 0) | (fds[1].revents != 0 ? 2 : 0);
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "drain") == 0) return drain();
  uint32_t own[2];
  if (shoal_pipe(0, own) != 0) return 1;
  int empty = (int)own[0];
  if (wait_for(0, POLLIN, empty, POLLIN, 0) != 0) return 2;
  if (wait_for(0, POLLIN, empty, POLLIN, 30) != 0) return 3;
  fill(1);
  if (wait_for(0, POLLIN, 1, POLLOUT, 0) != 0) return 4;
  if (wait_for(0, POLLIN, 1, POLLOUT, -1) != 2) return 5;
  fputs("room\n", stderr);
  if (wait_for(0, POLLIN, empty, POLLIN, -1) != 1) return 6;
  char typed[8];
  if (read(0, typed, sizeof typed) != 5) return 7;
  fputs("typed\n", stderr);
  close((int)own[1]);
  // The end of input is a hang-up as the end of the pipe is, and comes when the test closes it.
  if ((wait_for(0, POLLIN, empty, POLLIN, -1) & 2) == 0) return 8;
  return 0;
}
