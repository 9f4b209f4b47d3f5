// A program that starts others: itself, in other roles, from the file it finds itself in. As `parent` it
// checks what it is promised and says how much of it failed.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "shoal_process.h"

static uint8_t *code;
static uint32_t code_bytes;
static int checks, failures;

static void check(int holds, const char *what) {
  checks++;
  if (holds) return;
  failures++;
  printf("failed: %s\n", what);
}

static void load(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) exit(90);
  fseek(file, 0, SEEK_END);
  code_bytes = (uint32_t)ftell(file);
  rewind(file);
  code = malloc(code_bytes);
  if (fread(code, 1, code_bytes, file) != code_bytes) exit(91);
  fclose(file);
}

// Starts a child in a role, with these descriptors. Answers an errno.
static uint16_t start(const char *role, const shoal_inherited *fds, uint32_t count, uint32_t *pid) {
  char args[64], env[] = "COLOUR=green";
  int bytes = snprintf(args, sizeof args, "child%c%s", 0, role) + 1;
  shoal_spawn_request request = {
    .code = code, .code_bytes = code_bytes,
    .args = {args, (uint32_t)bytes, 2}, .env = {env, sizeof env, 1},
    .descriptors = fds, .descriptor_count = count,
  };
  return shoal_spawn(&request, pid);
}

static uint32_t read_all(int fd, char *into, uint32_t room) {
  uint32_t count = 0;
  for (;;) {
    ssize_t got = read(fd, into + count, room - count);
    if (got <= 0) return count;
    count += (uint32_t)got;
  }
}

static void through_pipes(void) {
  uint32_t to[2], from[2], pid = 0;
  check(shoal_pipe(0, to) == 0 && shoal_pipe(0, from) == 0, "pipes are made");
  shoal_inherited fds[] = {{0, to[0]}, {1, from[1]}, {2, 2}};
  check(start("upper", fds, 3, &pid) == 0 && pid > 1, "a child starts");
  close((int)to[0]);
  close((int)from[1]);
  check(write((int)to[1], "hello", 5) == 5, "it is written to");
  close((int)to[1]);
  char answer[64];
  uint32_t count = read_all((int)from[0], answer, sizeof answer);
  check(count == 5 && memcmp(answer, "HELLO", 5) == 0, "it answers until its end");
  close((int)from[0]);
  shoal_ended ended;
  check(shoal_wait(pid, 0, &ended) == 0, "it is waited for");
  check(ended.pid == pid && ended.code == 5 && ended.fault == 0, "its code is told");
  check(shoal_wait(pid, 0, &ended) == ECHILD, "its end is told once");
}

static void ends(void) {
  uint32_t pid = 0;
  shoal_ended ended;
  shoal_inherited fds[] = {{1, 1}, {2, 2}};
  check(shoal_wait(0, 0, &ended) == ECHILD, "nobody is waited for who is not there");
  check(start("trap", fds, 2, &pid) == 0, "a child starts that will trap");
  check(shoal_wait(0, 0, &ended) == 0 && ended.pid == pid && ended.fault != 0, "a trap is told");
  check(start("sleep", fds, 2, &pid) == 0, "a child starts that will not end");
  check(shoal_wait(pid, SHOAL_NO_HANG, &ended) == 0 && ended.pid == 0, "it is not waited for");
  check(shoal_kill(1, 9) == EPERM, "a parent cannot be killed");
  check(shoal_kill(999, 9) == ESRCH, "nobody is killed who is not there");
  check(shoal_kill(pid, 0) == 0 && shoal_kill(pid, 9) == 0, "a child can be killed");
  check(shoal_wait(pid, 0, &ended) == 0 && ended.code == 128 + 9, "a kill is told");
}

// A module that imports what nobody provides.
static uint8_t unlinkable[] = {
  0, 'a', 's', 'm', 1, 0, 0, 0,
  1, 4, 1, 0x60, 0, 0,
  2, 13, 1, 3, 'e', 'n', 'v', 5, 'm', 'a', 'g', 'i', 'c', 0, 0,
  3, 2, 1, 0,
  5, 3, 1, 0, 1,
  7, 19, 2, 6, '_', 's', 't', 'a', 'r', 't', 0, 1, 6, 'm', 'e', 'm', 'o', 'r', 'y', 2, 0,
  10, 4, 1, 2, 0, 0x0b,
};

static void refusals(void) {
  uint32_t pid = 0;
  shoal_inherited closed[] = {{0, 77}};
  check(start("exit", closed, 1, &pid) == EBADF, "what is closed is not inherited");
  uint8_t *all = code;
  uint32_t bytes = code_bytes;
  code = (uint8_t *)"no module";
  code_bytes = 9;
  check(start("exit", NULL, 0, &pid) == ENOEXEC, "what is no module does not start");
  code = unlinkable;
  code_bytes = sizeof unlinkable;
  int refused = 0;
  for (int i = 0; i < 20; i++) refused += start("exit", NULL, 0, &pid) == ENOEXEC;
  check(refused == 20, "nor does what cannot be linked");
  code = all;
  code_bytes = bytes;
  shoal_ended ended;
  check(shoal_wait(0, 0, &ended) == ECHILD, "and leaves no child");
}

static void own(void) {
  shoal_process self;
  uint32_t fds[2], copy = 0;
  char byte = 0;
  check(shoal_self(&self) == 0 && self.pid == 1 && self.parent == 0, "the first process is 1");
  check(shoal_pipe(0, fds) == 0 && shoal_dup(fds[1], &copy) == 0, "an end has two numbers");
  close((int)fds[1]);
  check(write((int)copy, "x", 1) == 1 && read((int)fds[0], &byte, 1) == 1 && byte == 'x',
        "the second is good when the first is closed");
  close((int)copy);
  check(read((int)fds[0], &byte, 1) == 0, "the end comes when both are");
  close((int)fds[0]);
  check(shoal_pipe(0, fds) == 0, "another pipe");
  close((int)fds[0]);
  check(write((int)fds[1], "x", 1) == -1 && errno == EPIPE, "a pipe breaks");
  struct pollfd polled = {.fd = (int)fds[1], .events = POLLOUT};
  check(poll(&polled, 1, 1000) == 1 && (polled.revents & POLLHUP) != 0, "and says so to poll");
  close((int)fds[1]);
}

// What a child finds of the files: the one it was given, and the tree only if it was given that.
static void files(const char *path) {
  uint32_t pid = 0;
  shoal_ended ended;
  int file = open(path, O_RDONLY);
  check(lseek(file, 1, SEEK_SET) == 1, "a file has a position");
  shoal_inherited one[] = {{0, (uint32_t)file}, {1, 1}, {2, 2}};
  check(start("file", one, 3, &pid) == 0 && shoal_wait(pid, 0, &ended) == 0, "a file is passed on");
  check(ended.code == 'a', "with its position");
  close(file);
  shoal_inherited tree[] = {{0, 0}, {1, 1}, {2, 2}, {3, 3}};
  check(start("tree", tree, 4, &pid) == 0 && shoal_wait(pid, 0, &ended) == 0, "a tree is passed on");
  check(ended.code == 1, "and found under its name");
  check(start("tree", one + 1, 2, &pid) == 0 && shoal_wait(pid, 0, &ended) == 0, "or is not");
  check(ended.code == 0, "and then nothing is found");
}

// A child that starts another of which nothing becomes, and ends.
static void grandchild(void) {
  uint32_t pid = 0;
  shoal_ended ended;
  shoal_inherited fds[] = {{1, 1}, {2, 2}};
  check(start("starts", fds, 2, &pid) == 0, "a child starts that starts another");
  check(shoal_wait(pid, 0, &ended) == 0 && ended.code == 0, "and is told why it cannot");
  check(shoal_wait(0, 0, &ended) == ECHILD, "the other is nobody's child");
}

// A file that is sent, as a descriptor, to a child that runs already.
static void by_message(const char *path) {
  uint32_t to[2], pid = 0;
  shoal_ended ended;
  shoal_passed_descriptor descriptor;
  check(shoal_pipe(0, to) == 0, "a pipe for descriptors");
  // With the descriptor of the tree, so that the child may call its server at all.
  shoal_inherited fds[] = {{0, to[0]}, {1, 1}, {2, 2}, {3, 3}};
  check(start("takes", fds, 4, &pid) == 0, "a child starts that takes what it is sent");
  int file = open(path, O_RDONLY);
  lseek(file, 2, SEEK_SET);
  check(shoal_give((uint32_t)file, pid, &descriptor) == 0, "a file is given");
  close(file);
  check(write((int)to[1], &descriptor, sizeof descriptor) == sizeof descriptor, "and sent");
  close((int)to[0]);
  close((int)to[1]);
  check(shoal_wait(pid, 0, &ended) == 0 && ended.code == 's', "and read where it stood");
  // What was given to another is not the giver's.
  uint32_t stolen = 0;
  char byte;
  check(shoal_give(1, pid, &descriptor) == 0 && shoal_give(77, pid, &descriptor) == EBADF,
        "what is closed is not given");
  descriptor.words[1] = 9, descriptor.words[2] = 500, descriptor.words[3] = 0;
  check(shoal_take(&descriptor, &stolen) == 0 && read((int)stolen, &byte, 1) == -1 &&
        errno == EBADF, "what nobody gave is not open");
  close((int)stolen);
}

static void many(void) {
  shoal_inherited fds[] = {{1, 1}, {2, 2}};
  uint32_t pid, sum = 0, got = 0;
  for (int i = 0; i < 20; i++) {
    if (start("exit", fds, 2, &pid) == 0) sum += pid;
  }
  shoal_ended ended;
  while (shoal_wait(0, 0, &ended) == 0) got += ended.pid;
  check(sum == got && sum > 0, "many children end, each once");
}

static int child(const char *role) {
  if (strcmp(role, "trap") == 0) __builtin_trap();
  if (strcmp(role, "exit") == 0) return 0;
  if (strcmp(role, "takes") == 0) {
    shoal_passed_descriptor descriptor;
    uint32_t fd = 0;
    char byte = 0;
    if (read(0, &descriptor, sizeof descriptor) != sizeof descriptor) return 95;
    if (shoal_take(&descriptor, &fd) != 0) return 96;
    return read((int)fd, &byte, 1) == 1 ? byte : 97;
  }
  if (strcmp(role, "starts") == 0) {
    uint32_t pid = 0;
    code = unlinkable;
    code_bytes = sizeof unlinkable;
    return start("exit", NULL, 0, &pid) == ENOEXEC && pid == 0 ? 0 : 94;
  }
  if (strcmp(role, "file") == 0) {
    char byte = 0;
    // The root of the tree stays out of reach: this process has no directory at all.
    return read(0, &byte, 1) == 1 && open("/p/processes.wasm", O_RDONLY) < 0 ? byte : 93;
  }
  if (strcmp(role, "tree") == 0) return open("/p/program.wasm", O_RDONLY) >= 0 ||
                                        open("/p/processes.wasm", O_RDONLY) >= 0;
  if (strcmp(role, "sleep") == 0) for (;;) poll(NULL, 0, 100000);
  const char *colour = getenv("COLOUR");
  char text[64];
  uint32_t count = read_all(0, text, sizeof text);
  for (uint32_t i = 0; i < count; i++) text[i] = (char)(text[i] - 32);
  if (colour == NULL || write(1, text, count) != (ssize_t)count) return 92;
  return (int)strlen(colour);
}

int main(int argc, char **argv) {
  if (argc == 2 && argv[1][0] != '/') return child(argv[1]);
  load(argv[1]);
  own();
  through_pipes();
  ends();
  refusals();
  files(argv[1]);
  grandchild();
  by_message(argv[1]);
  many();
  printf("%d checks, %d failures\n", checks, failures);
  return failures == 0 ? 0 : 1;
}
