/*
 * The dispatcher of a worker pool. It never waits for anybody: whoever it cannot answer yet it remembers
 * by a reply capability in a slot, a client until its job is done, a worker until there is a job. So one
 * thread serves any number of both.
 */
#include "pool.h"

/* Clients have at most one job each, and tickets are slots of clients' replies. */
enum {
  FIRST_CLIENT = SHOAL_SLOT_FIRST_FREE + 16,
  FIRST_WORKER = FIRST_CLIENT + POOL_CLIENTS,
  EXIT_TABLES_FULL = 50,
};

struct job {
  int32_t number;
  int32_t is_waiting;
};

static struct job jobs[POOL_CLIENTS];
static int32_t is_taken[POOL_CLIENTS];
static int32_t is_idle[POOL_WORKERS];
static int32_t clients_left = POOL_CLIENTS;
static int32_t workers_left = POOL_WORKERS;

static int32_t free_client(void) {
  for (int32_t i = 0; i < POOL_CLIENTS; i++) {
    if (!is_taken[i]) return i;
  }
  return -1;
}

static int32_t idle_worker(void) {
  for (int32_t i = 0; i < POOL_WORKERS; i++) {
    if (is_idle[i]) return i;
  }
  return -1;
}

static int32_t waiting_job(void) {
  for (int32_t i = 0; i < POOL_CLIENTS; i++) {
    if (jobs[i].is_waiting) return i;
  }
  return -1;
}

/* Brings jobs and workers together; without clients, workers go home. */
static shoal_status match(void) {
  for (;;) {
    int32_t worker = idle_worker();
    int32_t job = waiting_job();
    if (worker < 0 || (job < 0 && clients_left > 0)) return SHOAL_STATUS_OK;
    int32_t label = job < 0 ? POOL_END : POOL_JOB;
    int32_t ticket = job < 0 ? 0 : FIRST_CLIENT + job;
    int32_t number = job < 0 ? 0 : jobs[job].number;
    shoal_status status = shoal_reply(FIRST_WORKER + worker, label, ticket, number, 0, 0, 0, 0);
    if (status != SHOAL_STATUS_OK) return status;
    is_idle[worker] = 0;
    if (job < 0) workers_left--;
    else jobs[job].is_waiting = 0;
  }
}

static shoal_status submit(int32_t number) {
  int32_t client = free_client();
  if (client < 0) return EXIT_TABLES_FULL;
  is_taken[client] = 1;
  jobs[client] = (struct job){number, 1};
  shoal_status status = shoal_save_reply(FIRST_CLIENT + client);
  return status == SHOAL_STATUS_OK ? match() : status;
}

static shoal_status take(int32_t ticket, int32_t result) {
  int32_t worker = 0;
  while (worker < POOL_WORKERS && is_idle[worker]) worker++;
  if (worker == POOL_WORKERS) return EXIT_TABLES_FULL;
  is_idle[worker] = 1;
  shoal_status status = shoal_save_reply(FIRST_WORKER + worker);
  if (status == SHOAL_STATUS_OK && ticket != 0) {
    is_taken[ticket - FIRST_CLIENT] = 0;
    status = shoal_reply(ticket, POOL_DONE, result, 0, 0, 0, 0, 0);
  }
  return status == SHOAL_STATUS_OK ? match() : status;
}

static shoal_status leave(void) {
  clients_left--;
  shoal_status status = shoal_reply(0, POOL_DONE, 0, 0, 0, 0, 0, 0);
  return status == SHOAL_STATUS_OK ? match() : status;
}

static shoal_status serve(void) {
  switch (shoal_label()) {
    case POOL_SUBMIT:
      return submit(shoal_word(0));
    case POOL_TAKE:
      return take(shoal_word(0), shoal_word(1));
    case POOL_LEAVE:
      return leave();
    default:
      return shoal_reply(0, POOL_REFUSED, 0, 0, 0, 0, 0, 0);
  }
}

SHOAL_MAIN() {
  while (workers_left > 0) {
    shoal_status status = shoal_receive(POOL_ENDPOINT);
    if (status == SHOAL_STATUS_OK) status = serve();
    if (status != SHOAL_STATUS_OK) return status;
  }
  return 0;
}
