// A server that hands each connection to a process of its own, as inetd does: the child has it as its
// standard input and output, and neither knows nor can reach any other. Started as `child` it echoes.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "shoal_process.h"

enum { LISTENER = 3, CONNECTIONS = 3 };

static int echo(void) {
  char buffer[4096];
  for (ssize_t count; (count = read(0, buffer, sizeof buffer)) != 0;) {
    if (count < 0 || write(1, buffer, (size_t)count) != count) return 1;
  }
  // The listener stayed with the parent.
  return accept(LISTENER, NULL, NULL) < 0 ? 0 : 2;
}

static uint8_t *load(const char *path, uint32_t *bytes) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) exit(90);
  fseek(file, 0, SEEK_END);
  *bytes = (uint32_t)ftell(file);
  rewind(file);
  uint8_t *code = malloc(*bytes);
  if (fread(code, 1, *bytes, file) != *bytes) exit(91);
  fclose(file);
  return code;
}

int main(int argc, char **argv) {
  if (argc < 2) return 92;
  if (strcmp(argv[1], "child") == 0) return echo();
  shoal_spawn_request request = {.args = {"echo\0child", 11, 2}, .descriptor_count = 2};
  request.code = load(argv[1], &request.code_bytes);
  for (int i = 0; i < CONNECTIONS; i++) {
    int fd = accept(LISTENER, NULL, NULL);
    if (fd < 0) return 93;
    shoal_inherited fds[] = {{0, (uint32_t)fd}, {1, (uint32_t)fd}};
    request.descriptors = fds;
    uint32_t pid = 0;
    if (shoal_spawn(&request, &pid) != 0) return 94;
    close(fd);
    shoal_ended ended;
    if (shoal_wait(pid, 0, &ended) != 0 || ended.code != 0 || ended.fault != 0) return 95;
  }
  return 0;
}
