// Processes and pipes for WASI programs on Shoal: the functions of the module shoal_process. All answer
// an errno of WASI's.
#ifndef SHOAL_PROCESS_H
#define SHOAL_PROCESS_H

#include <stdint.h>

#define SHOAL_PROCESS(name) \
  __attribute__((import_module("shoal_process"), import_name(#name))) uint16_t shoal_##name

// Strings that end in a zero, one after the other.
typedef struct {
  const char *text;
  uint32_t bytes;
  uint32_t count;
} shoal_strings;

typedef struct {
  uint32_t child_fd;
  uint32_t own_fd;
} shoal_inherited;

typedef struct {
  const uint8_t *code;
  uint32_t code_bytes;
  shoal_strings args;
  shoal_strings env;
  const shoal_inherited *descriptors;
  uint32_t descriptor_count;
} shoal_spawn_request;

typedef struct {
  uint32_t pid;
  uint32_t code;
  uint32_t fault;
} shoal_ended;

typedef struct {
  uint32_t pid;
  uint32_t parent;
  uint32_t group;
} shoal_process;

// What is open, on its way to another process.
typedef struct {
  uint32_t words[11];
} shoal_passed_descriptor;

enum { SHOAL_NO_HANG = 1 };

SHOAL_PROCESS(pipe)(uint32_t flags, uint32_t fds[2]);
SHOAL_PROCESS(dup)(uint32_t fd, uint32_t *copy);
SHOAL_PROCESS(give)(uint32_t fd, uint32_t pid, shoal_passed_descriptor *descriptor);
SHOAL_PROCESS(take)(const shoal_passed_descriptor *descriptor, uint32_t *fd);
SHOAL_PROCESS(self)(shoal_process *result);
SHOAL_PROCESS(spawn)(const shoal_spawn_request *request, uint32_t *pid);
SHOAL_PROCESS(wait)(uint32_t pid, uint32_t flags, shoal_ended *ended);
SHOAL_PROCESS(kill)(uint32_t pid, uint32_t signal);

#endif
