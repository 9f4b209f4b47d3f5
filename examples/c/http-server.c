/*
 * A web server in C for WASI preview 1, of one thread: poll() tells which of its connections can go on,
 * and each goes on as far as it can without waiting. Connections are kept alive, requests may be
 * pipelined, and a client that does not read its answers is held back and holds back nobody else.
 *
 *   shoal run --listen 127.0.0.1:8080 http-server.wasm [connections]
 *
 * With a number it ends when it has served that many connections. GET / answers a greeting, and
 * GET /bytes/N a body of N bytes.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

/* The first descriptor after the standard streams is the socket that --listen granted. */
enum { LISTENER = 3, CONNECTIONS_MAX = 512, REQUEST_MAX = 8192, HEADER_MAX = 256, CHUNK = 16384 };

static const char greeting[] = "Hello from WebAssembly!\n";
static char chunk[CHUNK];

struct connection {
  int fd;
  bool ends; /* after the answer that is being sent */
  size_t request_length;
  char request[REQUEST_MAX];
  /* The answer being sent: its header, then `body_left` bytes of body. */
  char header[HEADER_MAX + sizeof greeting];
  size_t header_length, header_sent;
  size_t body_left;
};

static struct connection connections[CONNECTIONS_MAX];
static struct pollfd polls[1 + CONNECTIONS_MAX];
static int count;
static long served;

static bool has_answer(const struct connection *c) {
  return c->header_sent < c->header_length || c->body_left > 0;
}

static void answer(struct connection *c, const char *status, size_t body, const char *text) {
  int length = snprintf(c->header, HEADER_MAX,
                        "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n%s\r\n",
                        status, body, c->ends ? "Connection: close\r\n" : "");
  c->header_length = (size_t)length;
  c->header_sent = 0;
  c->body_left = body;
  if (text == NULL) return;
  memcpy(c->header + length, text, body);
  c->header_length += body;
  c->body_left = 0;
}

/* The answer that is given most often is made once. */
static void greet(struct connection *c) {
  static char made[HEADER_MAX + sizeof greeting];
  static size_t made_length;
  if (c->ends || made_length == 0) answer(c, "200 OK", sizeof greeting - 1, greeting);
  if (c->ends) return;
  if (made_length == 0) {
    made_length = c->header_length;
    memcpy(made, c->header, made_length);
    return;
  }
  memcpy(c->header, made, made_length);
  c->header_length = made_length;
  c->header_sent = c->body_left = 0;
}

/* Whether a header line of the request, which ends at `end`, has this name and value. */
static bool has_header(const char *request, const char *end, const char *line) {
  size_t length = strlen(line);
  for (const char *at = request; at != NULL && at < end; at = strstr(at, "\r\n")) {
    at += at == request ? 0 : 2;
    if (strncasecmp(at, line, length) == 0) return true;
    if (strncmp(at, "\r\n", 2) == 0) return false;
  }
  return false;
}

/* Answers the first request in the buffer, if it is whole. */
static bool take_request(struct connection *c) {
  c->request[c->request_length] = '\0';
  char *end = strstr(c->request, "\r\n\r\n");
  if (end == NULL) {
    if (c->request_length < REQUEST_MAX - 1) return false;
    c->ends = true;
    c->request_length = 0;
    answer(c, "431 Request Header Fields Too Large", 0, NULL);
    return true;
  }
  end += 4;
  char *path = c->request + 4, *space = strchr(path, ' ');
  bool is_get = strncmp(c->request, "GET ", 4) == 0 && space != NULL && space < end;
  bool is_old = !is_get || strncmp(space, " HTTP/1.1\r\n", 11) != 0;
  c->ends = is_old || has_header(c->request, end, "Connection: close");
  if (!is_get) answer(c, "400 Bad Request", 0, NULL);
  else if (space == path + 1) greet(c);
  else if (strncmp(path, "/bytes/", 7) == 0) answer(c, "200 OK", strtoul(path + 7, NULL, 10), NULL);
  else answer(c, "404 Not Found", 0, NULL);
  c->request_length -= (size_t)(end - c->request);
  memmove(c->request, end, c->request_length);
  return true;
}

/* Sends what can be sent. False if the connection is broken. */
static bool send_answer(struct connection *c) {
  while (has_answer(c)) {
    bool is_header = c->header_sent < c->header_length;
    const char *from = is_header ? c->header + c->header_sent : chunk;
    size_t size = is_header ? c->header_length - c->header_sent : c->body_left;
    if (!is_header && size > CHUNK) size = CHUNK;
    ssize_t sent = write(c->fd, from, size);
    if (sent < 0) return errno == EAGAIN;
    if (is_header) c->header_sent += (size_t)sent;
    else c->body_left -= (size_t)sent;
  }
  return true;
}

/* Answers requests as long as there are any and their answers can be sent. False if it is over. */
static bool serve(struct connection *c) {
  for (;;) {
    if (!send_answer(c)) return false;
    if (has_answer(c)) return true;
    if (c->ends) return false;
    if (!take_request(c)) return true;
  }
}

static bool receive(struct connection *c) {
  ssize_t size = read(c->fd, c->request + c->request_length, REQUEST_MAX - 1 - c->request_length);
  if (size < 0) return errno == EAGAIN;
  c->request_length += (size_t)size;
  return size > 0 && serve(c);
}

static void accept_all(void) {
  while (count < CONNECTIONS_MAX) {
    int fd = accept4(LISTENER, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) return;
    struct connection *c = &connections[count++];
    c->fd = fd;
    c->ends = false;
    c->request_length = c->header_length = c->header_sent = c->body_left = 0;
  }
}

/* The last one takes the place of the one that goes. */
static void drop(int index) {
  close(connections[index].fd);
  connections[index] = connections[--count];
  served++;
}

int main(int argc, char **argv) {
  long limit = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
  memset(chunk, 'x', sizeof chunk);
  if (fcntl(LISTENER, F_SETFL, O_NONBLOCK) != 0) {
    fprintf(stderr, "there is no socket to listen on: run it with --listen 127.0.0.1:8080\n");
    return 2;
  }
  while (limit == 0 || served < limit) {
    polls[0] = (struct pollfd){LISTENER, count < CONNECTIONS_MAX ? POLLIN : 0, 0};
    for (int i = 0; i < count; i++) {
      polls[1 + i] = (struct pollfd){connections[i].fd, has_answer(&connections[i]) ? POLLOUT : POLLIN, 0};
    }
    if (poll(polls, 1 + (nfds_t)count, -1) < 0) return perror("poll"), 1;
    for (int i = count - 1; i >= 0; i--) {
      short events = polls[1 + i].revents;
      if (events == 0) continue;
      struct connection *c = &connections[i];
      bool goes_on = has_answer(c) ? serve(c) : receive(c);
      if (!goes_on) drop(i);
    }
    if (polls[0].revents != 0) accept_all();
  }
  return 0;
}
