/*
 * shoal.h: the kernel calls of Shoal for C programs.
 *
 * A program has no powers but its capabilities, and names them by slot: small integers, of which some
 * are filled when it starts (SHOAL_SLOT_...). What it can do with them are the functions below, one for
 * each kernel call. Each answers a status: SHOAL_STATUS_OK, or why the call was refused, and then it
 * has changed nothing. Those that may wait take a time in microseconds: 0 not at all, SHOAL_FOREVER.
 *
 * A message is a label and six words, which travel in the thread's registers: after shoal_call,
 * shoal_receive and shoal_reply_and_receive they are read by shoal_label, shoal_badge and shoal_word,
 * until the next kernel call. Longer messages are described by a struct shoal_descriptor.
 *
 * The header needs C11 and nothing else: no library, not even the standard one. Compile with clang for
 * wasm32; docs/sdk-c.md has the command.
 */
#ifndef SHOAL_H
#define SHOAL_H

#include <stddef.h>
#include <stdint.h>

/* ---- generated from src/abi by sdk/c/generate.ts: do not edit ---- */

/* What a call answers. A refused call has changed nothing. */
enum {
  SHOAL_STATUS_OK = 0,
  SHOAL_STATUS_BAD_CAPABILITY = 1,
  SHOAL_STATUS_NO_RIGHT = 2,
  SHOAL_STATUS_BAD_ARGUMENT = 3,
  SHOAL_STATUS_BAD_ADDRESS = 4,
  SHOAL_STATUS_OUT_OF_OBJECTS = 5,
  SHOAL_STATUS_SLOT_OCCUPIED = 6,
  SHOAL_STATUS_TIMEOUT = 7,
  SHOAL_STATUS_INTERRUPTED = 8,
  SHOAL_STATUS_PARTNER_GONE = 9,
  SHOAL_STATUS_MESSAGE_TOO_LONG = 10,
  SHOAL_STATUS_BUSY = 11,
  SHOAL_STATUS_PORTAL_MAY_NOT_BLOCK = 12,
  SHOAL_STATUS_NESTING_TOO_DEEP = 13,
  SHOAL_STATUS_PORTAL_FAULT = 14,
  SHOAL_STATUS_PORTAL_FUEL = 15,
  SHOAL_STATUS_WOULD_BLOCK = 16,
  SHOAL_STATUS_NOT_OWNER = 17,
  SHOAL_STATUS_OWNER_DIED = 18,
  SHOAL_STATUS_WRONG_STATE = 19,
  SHOAL_STATUS_BAD_CALL = 20,
  SHOAL_STATUS_NO_REPLY = 21,
};

/* The kernel calls. */
enum {
  SHOAL_CALL_OBJECT_CREATE = 1,
  SHOAL_CALL_OBJECT_DESTROY = 2,
  SHOAL_CALL_OBJECT_IDENTIFY = 3,
  SHOAL_CALL_OBJECT_GET_STATE = 4,
  SHOAL_CALL_OBJECT_SET_STATE = 5,
  SHOAL_CALL_CAPABILITY_MINT = 6,
  SHOAL_CALL_CAPABILITY_COPY = 7,
  SHOAL_CALL_CAPABILITY_MOVE = 8,
  SHOAL_CALL_CAPABILITY_DELETE = 9,
  SHOAL_CALL_CAPABILITY_REVOKE = 10,
  SHOAL_CALL_SEND = 11,
  SHOAL_CALL_RECEIVE = 12,
  SHOAL_CALL_CALL = 13,
  SHOAL_CALL_REPLY_AND_RECEIVE = 14,
  SHOAL_CALL_REPLY = 15,
  SHOAL_CALL_AWAIT_REPLY = 16,
  SHOAL_CALL_SAVE_REPLY = 17,
  SHOAL_CALL_THREAD_RESUME = 18,
  SHOAL_CALL_THREAD_STOP = 19,
  SHOAL_CALL_THREAD_INTERRUPT = 20,
  SHOAL_CALL_THREAD_SCHEDULE = 21,
  SHOAL_CALL_THREAD_YIELD = 22,
  SHOAL_CALL_THREAD_SLEEP = 23,
  SHOAL_CALL_THREAD_EXIT = 24,
  SHOAL_CALL_NOTIFICATION_SIGNAL = 25,
  SHOAL_CALL_NOTIFICATION_WAIT = 26,
  SHOAL_CALL_NOTIFICATION_POLL = 27,
  SHOAL_CALL_MUTEX_LOCK = 28,
  SHOAL_CALL_MUTEX_TRY_LOCK = 29,
  SHOAL_CALL_MUTEX_UNLOCK = 30,
  SHOAL_CALL_CONDITION_WAIT = 31,
  SHOAL_CALL_CONDITION_SIGNAL = 32,
  SHOAL_CALL_CONDITION_BROADCAST = 33,
  SHOAL_CALL_FUTEX_WAIT = 34,
  SHOAL_CALL_FUTEX_WAKE = 35,
  SHOAL_CALL_FUTEX_REQUEUE = 36,
  SHOAL_CALL_TIMER_SET = 37,
  SHOAL_CALL_TIMER_CANCEL = 38,
  SHOAL_CALL_REGION_READ = 39,
  SHOAL_CALL_REGION_WRITE = 40,
  SHOAL_CALL_SET_ADD = 41,
  SHOAL_CALL_SET_REMOVE = 42,
  SHOAL_CALL_SPACE_BIND = 43,
  SHOAL_CALL_MEMORY_READ = 44,
  SHOAL_CALL_MEMORY_WRITE = 45,
  SHOAL_CALL_CLOCK_READ = 46,
};

/* Kinds of object. */
enum {
  SHOAL_KIND_NONE = 0,
  SHOAL_KIND_SPACE = 1,
  SHOAL_KIND_THREAD = 2,
  SHOAL_KIND_ENDPOINT = 3,
  SHOAL_KIND_REPLY = 4,
  SHOAL_KIND_ENDPOINT_SET = 5,
  SHOAL_KIND_NOTIFICATION = 6,
  SHOAL_KIND_REGION = 7,
  SHOAL_KIND_MUTEX = 8,
  SHOAL_KIND_CONDITION = 9,
  SHOAL_KIND_FUTEX_QUEUE = 10,
  SHOAL_KIND_TIMER = 11,
};

/* What a capability allows: a set of bits. */
enum {
  SHOAL_RIGHT_SEND = 1,
  SHOAL_RIGHT_RECEIVE = 2,
  SHOAL_RIGHT_GRANT = 4,
  SHOAL_RIGHT_DERIVE = 8,
  SHOAL_RIGHT_READ = 16,
  SHOAL_RIGHT_WRITE = 32,
  SHOAL_RIGHT_CONTROL = 64,
  SHOAL_RIGHT_ALL = 127,
};

/* Slots that are filled when a program starts. */
enum {
  SHOAL_SLOT_SPACE = 1,
  SHOAL_SLOT_THREAD = 2,
  SHOAL_SLOT_FUTEX_QUEUE = 3,
  SHOAL_SLOT_CLOCK = 4,
  SHOAL_SLOT_ENTROPY = 5,
  SHOAL_SLOT_CONSOLE = 6,
  SHOAL_SLOT_READY = 7,
  SHOAL_SLOT_PROCESSES = 8,
  SHOAL_SLOT_PIPES = 9,
  SHOAL_SLOT_NETWORK = 10,
  SHOAL_SLOT_SERVED = 11,
  SHOAL_SLOT_CONNECTED = 12,
  SHOAL_SLOT_FIRST_FILES = 16,
  SHOAL_SLOT_FIRST_FREE = 64,
};

/* Forms of an endpoint. */
enum {
  SHOAL_PORTAL_RENDEZVOUS = 0,
  SHOAL_PORTAL_PORTAL = 1,
  SHOAL_PORTAL_REENTRANT_PORTAL = 3,
};

/* What can be bound to a space. */
enum {
  SHOAL_BINDING_CHIEF = 1,
  SHOAL_BINDING_EXIT = 2,
  SHOAL_BINDING_FAULT = 3,
  SHOAL_BINDING_REDIRECT_SLOT = 4,
};

/* States of a thread. */
enum {
  SHOAL_THREAD_IDLE = 0,
  SHOAL_THREAD_STOPPED = 1,
  SHOAL_THREAD_READY = 2,
  SHOAL_THREAD_SENDING = 3,
  SHOAL_THREAD_RECEIVING = 4,
  SHOAL_THREAD_AWAITING_REPLY = 5,
  SHOAL_THREAD_REPLYING = 6,
  SHOAL_THREAD_TRANSFERRING = 7,
  SHOAL_THREAD_WAITING_NOTIFICATION = 8,
  SHOAL_THREAD_LOCKING_MUTEX = 9,
  SHOAL_THREAD_WAITING_CONDITION = 10,
  SHOAL_THREAD_WAITING_FUTEX = 11,
  SHOAL_THREAD_SLEEPING = 12,
  SHOAL_THREAD_FAULTED = 13,
  SHOAL_THREAD_EXITED = 14,
};

/* Where the stack of a thread's code is. */
enum {
  SHOAL_STACK_IN_USE = 0,
  SHOAL_STACK_LEAVING = 1,
  SHOAL_STACK_OUT = 2,
  SHOAL_STACK_HELD = 3,
  SHOAL_STACK_LOST = 4,
};

/* Why a thread ended without saying so. */
enum {
  SHOAL_FAULT_TRAP = 1,
  SHOAL_FAULT_STACK_OVERFLOW = 2,
  SHOAL_FAULT_FUEL = 3,
  SHOAL_FAULT_HOST_ERROR = 4,
  SHOAL_FAULT_KILLED = 5,
};

/* Words of `struct shoal_registers`. */
enum {
  SHOAL_REGISTER_CALL = 0,
  SHOAL_REGISTER_A0 = 1,
  SHOAL_REGISTER_A1 = 2,
  SHOAL_REGISTER_A2 = 3,
  SHOAL_REGISTER_A3 = 4,
  SHOAL_REGISTER_LABEL = 5,
  SHOAL_REGISTER_W0 = 6,
  SHOAL_REGISTER_W1 = 7,
  SHOAL_REGISTER_W2 = 8,
  SHOAL_REGISTER_W3 = 9,
  SHOAL_REGISTER_W4 = 10,
  SHOAL_REGISTER_W5 = 11,
  SHOAL_REGISTER_BADGE = 12,
  SHOAL_REGISTER_SEND_TIMEOUT = 13,
  SHOAL_REGISTER_RECEIVE_TIMEOUT = 14,
  SHOAL_REGISTER_STATUS = 15,
  SHOAL_REGISTER_COUNT = 16,
};

/* Words of `struct shoal_descriptor`. */
enum {
  SHOAL_DESCRIPTOR_WORD_COUNT = 0,
  SHOAL_DESCRIPTOR_WORD_ADDRESS = 1,
  SHOAL_DESCRIPTOR_DIRECT_BYTES = 2,
  SHOAL_DESCRIPTOR_DIRECT_ADDRESS = 3,
  SHOAL_DESCRIPTOR_INDIRECT_COUNT = 4,
  SHOAL_DESCRIPTOR_INDIRECT_ADDRESS = 5,
  SHOAL_DESCRIPTOR_CAPABILITY_COUNT = 6,
  SHOAL_DESCRIPTOR_CAPABILITY_ADDRESS = 7,
  SHOAL_DESCRIPTOR_REGION_COUNT = 8,
  SHOAL_DESCRIPTOR_REGION_ADDRESS = 9,
  SHOAL_DESCRIPTOR_RESERVED = 10,
  SHOAL_DESCRIPTOR_WORDS = 11,
};

/* Limits. */
enum {
  SHOAL_LIMIT_MESSAGE_WORDS = 6,
  SHOAL_LIMIT_MESSAGE_BYTES = 67108864,
  SHOAL_LIMIT_MESSAGE_EXTRA_WORDS = 1024,
  SHOAL_LIMIT_MESSAGE_INDIRECT_STRINGS = 16,
  SHOAL_LIMIT_MESSAGE_CAPABILITIES = 8,
  SHOAL_LIMIT_MESSAGE_REGIONS = 4,
  SHOAL_LIMIT_PORTAL_BYTES = 1048576,
  SHOAL_LIMIT_PORTAL_NESTING = 16,
  SHOAL_LIMIT_REGION_BYTES = 1073741824,
  SHOAL_LIMIT_SLOTS = 16384,
  SHOAL_LIMIT_PRIORITIES = 32,
  SHOAL_LIMIT_DEFAULT_PRIORITY = 16,
  SHOAL_LIMIT_TIMEOUT_US = 2147483647,
};

#define SHOAL_FOREVER (-1)
#define SHOAL_MOVE_FLAG (1073741824)
#define SHOAL_FAULT_LABEL (2130706433)
#define SHOAL_COMMUNICATION_ADDRESS 0xffff0000u
#define SHOAL_COMMUNICATION_PAGE_BYTES (4096)
#define SHOAL_STATE_VERSION (2)

/* Words of states. The first two of each are its kind and SHOAL_STATE_VERSION. */
enum {
  SHOAL_STATE_SPACE_THREADS = 2, /* live threads, not counting activations */
  SHOAL_STATE_SPACE_OBJECTS = 3, /* objects charged to it: see objectLimit */
  SHOAL_STATE_SPACE_CAPABILITIES = 4, /* slots in use */
  SHOAL_STATE_SPACE_OBJECT_LIMIT = 5, /* objects that it and the spaces it made may own, together */
  SHOAL_STATE_SPACE_CAPABILITY_LIMIT = 6, /* slots it may use */
  SHOAL_STATE_SPACE_CLAN = 7, /* 1 if it is in a clan other than the outermost */
  SHOAL_STATE_SPACE_CHIEF = 8, /* slot: endpoint of its chief */
  SHOAL_STATE_SPACE_EXIT = 9, /* slot: notification signalled when its last thread ends */
  SHOAL_STATE_SPACE_FAULT = 10, /* slot: endpoint told of faults */
  SHOAL_STATE_SPACE_EXIT_CODE = 11, /* what the last thread to exit gave */
  SHOAL_STATE_SPACE_STATE = 12, /* 0 alive, 1 ended */
  SHOAL_STATE_SPACE_EXIT_BITS = 13, /* what its exit signals */
  SHOAL_STATE_SPACE_REDIRECT_SLOT = 14, /* where in its own table it finds the destination of a redirected message */
  SHOAL_STATE_SPACE_PRIORITY_MAX = 15, /* highest priority of its threads */
  SHOAL_STATE_SPACE_COUNT = 16,
};
enum {
  SHOAL_STATE_THREAD_STATE = 2, /* a ThreadState: stopped, ready or faulted; waiting is a call to be made again */
  SHOAL_STATE_THREAD_PRIORITY = 3, /* 0 to 31, higher runs first */
  SHOAL_STATE_THREAD_SLICE_US = 4, /* length of its time slice, microseconds */
  SHOAL_STATE_THREAD_REGISTERS = 5, /* the register file */
  SHOAL_STATE_THREAD_TIMED = 21, /* 1 if the two words after hold what is left of a timeout */
  SHOAL_STATE_THREAD_REMAINING = 22, /* nanoseconds left, low word, high word */
  SHOAL_STATE_THREAD_REPLY = 24, /* slot: its reply object, if it waits for a reply */
  SHOAL_STATE_THREAD_OWED = 25, /* slot: the reply object it owes an answer to */
  SHOAL_STATE_THREAD_EXIT_CODE = 26, /* what it exited with, or the reason of its fault */
  SHOAL_STATE_THREAD_STACK = 27, /* a StackState: where the stack of its code is */
  SHOAL_STATE_THREAD_COUNT = 28,
};
enum {
  SHOAL_STATE_ENDPOINT_PORTAL = 2, /* 0 rendezvous, 1 portal, 3 re-entrant portal */
  SHOAL_STATE_ENDPOINT_SENDERS = 3, /* threads waiting to send */
  SHOAL_STATE_ENDPOINT_RECEIVERS = 4, /* threads waiting to receive */
  SHOAL_STATE_ENDPOINT_DESCRIPTOR = 5, /* portal: address of the receive descriptor, or 0 */
  SHOAL_STATE_ENDPOINT_HANDLER = 6, /* portal: the number its space knows it by */
  SHOAL_STATE_ENDPOINT_COUNT = 7,
};
enum {
  SHOAL_STATE_REPLY_ARMED = 2, /* 1 if a caller is owed an answer */
  SHOAL_STATE_REPLY_WAITING = 3, /* 1 if it waits now */
  SHOAL_STATE_REPLY_COUNT = 4,
};
enum {
  SHOAL_STATE_ENDPOINT_SET_MEMBERS = 2, /* endpoints in it */
  SHOAL_STATE_ENDPOINT_SET_RECEIVERS = 3, /* threads waiting */
  SHOAL_STATE_ENDPOINT_SET_COUNT = 4,
};
enum {
  SHOAL_STATE_NOTIFICATION_BITS = 2, /* signalled and not yet taken */
  SHOAL_STATE_NOTIFICATION_WAITERS = 3, /* threads waiting */
  SHOAL_STATE_NOTIFICATION_COUNT = 4,
};
enum {
  SHOAL_STATE_REGION_BYTES = 2, /* its size */
  SHOAL_STATE_REGION_COUNT = 3,
};
enum {
  SHOAL_STATE_MUTEX_LOCKED = 2, /* 1 if held */
  SHOAL_STATE_MUTEX_OWNER = 3, /* slot: the thread that holds it */
  SHOAL_STATE_MUTEX_WAITERS = 4, /* threads waiting */
  SHOAL_STATE_MUTEX_ABANDONED = 5, /* 1 if its owner died holding it */
  SHOAL_STATE_MUTEX_COUNT = 6,
};
enum {
  SHOAL_STATE_CONDITION_WAITERS = 2, /* threads waiting */
  SHOAL_STATE_CONDITION_COUNT = 3,
};
enum {
  SHOAL_STATE_FUTEX_QUEUE_WAITERS = 2, /* threads waiting */
  SHOAL_STATE_FUTEX_QUEUE_COUNT = 3,
};
enum {
  SHOAL_STATE_TIMER_ARMED = 2, /* 1 if it will fire */
  SHOAL_STATE_TIMER_REMAINING = 3, /* nanoseconds until it fires, low word, high word */
  SHOAL_STATE_TIMER_PERIOD_US = 5, /* microseconds between firings, 0 for once */
  SHOAL_STATE_TIMER_BITS = 6, /* what it signals */
  SHOAL_STATE_TIMER_NOTIFICATION = 7, /* slot: what it signals to */
  SHOAL_STATE_TIMER_COUNT = 8,
};

/* ---- end of what is generated ---- */

typedef int32_t shoal_slot;
typedef int32_t shoal_status;

/* ---- registers ---- */

/* A call as the kernel sees it: sixteen registers, before and after. */
struct shoal_registers {
  int32_t call;
  int32_t a0, a1, a2, a3;
  int32_t label;
  int32_t word[SHOAL_LIMIT_MESSAGE_WORDS];
  int32_t badge;
  int32_t send_timeout_us;
  int32_t receive_timeout_us;
  int32_t status;
};

_Static_assert(sizeof(struct shoal_registers) == 4 * SHOAL_REGISTER_COUNT, "one word each");
_Static_assert(offsetof(struct shoal_registers, label) == 4 * SHOAL_REGISTER_LABEL, "label");
_Static_assert(offsetof(struct shoal_registers, word) == 4 * SHOAL_REGISTER_W0, "words");
_Static_assert(offsetof(struct shoal_registers, status) == 4 * SHOAL_REGISTER_STATUS, "status");

/* What a long message is made of, for sending and receiving alike. */
struct shoal_descriptor {
  int32_t word_count;
  int32_t *words;
  int32_t direct_bytes;
  void *direct;
  int32_t indirect_count;
  struct shoal_string *indirect;
  int32_t capability_count;
  int32_t *capabilities; /* slots; SHOAL_MOVE_FLAG added to one moves it instead of copying */
  int32_t region_count;
  struct shoal_passed_region *regions;
  int32_t reserved;
};

struct shoal_string {
  void *address;
  int32_t bytes;
};

struct shoal_passed_region {
  shoal_slot slot;
  int32_t bytes;
};

_Static_assert(sizeof(struct shoal_descriptor) == 4 * SHOAL_DESCRIPTOR_WORDS, "compile for wasm32");

/* ---- what the kernel provides ---- */

#define SHOAL_IMPORT(name) __attribute__((import_module("shoal"), import_name(name)))
#define SHOAL_EXPORT(name) __attribute__((export_name(name)))

/* Makes the call in `registers`, and leaves its answer there. Everything below could be written with it. */
SHOAL_IMPORT("syscall") shoal_status shoal_syscall(struct shoal_registers *registers);

/* The four verbs of IPC for messages in registers. They wait as long as it takes. */
SHOAL_IMPORT("call")
shoal_status shoal_call(shoal_slot endpoint, int32_t label, int32_t w0, int32_t w1, int32_t w2,
                        int32_t w3, int32_t w4, int32_t w5);
SHOAL_IMPORT("send")
shoal_status shoal_send(shoal_slot endpoint, int32_t label, int32_t w0, int32_t w1, int32_t w2,
                        int32_t w3, int32_t w4, int32_t w5);
SHOAL_IMPORT("receive") shoal_status shoal_receive(shoal_slot endpoint);
SHOAL_IMPORT("reply_and_receive")
shoal_status shoal_reply_and_receive(shoal_slot endpoint, int32_t label, int32_t w0, int32_t w1,
                                     int32_t w2, int32_t w3, int32_t w4, int32_t w5);

/*
 * The same with long messages: what is sent, and what is received into; NULL for none. The words of the
 * message are those that shoal_set_word set. Afterwards the second descriptor says what came.
 */
SHOAL_IMPORT("call_long")
shoal_status shoal_call_long(shoal_slot endpoint, int32_t label, const struct shoal_descriptor *send,
                             struct shoal_descriptor *receive);
SHOAL_IMPORT("receive_long")
shoal_status shoal_receive_long(shoal_slot endpoint, struct shoal_descriptor *receive);
SHOAL_IMPORT("reply_and_receive_long")
shoal_status shoal_reply_and_receive_long(shoal_slot endpoint, int32_t label,
                                          const struct shoal_descriptor *send,
                                          struct shoal_descriptor *receive);

/* The message that came: its label, whom it is from, its words. */
SHOAL_IMPORT("label") int32_t shoal_label(void);
SHOAL_IMPORT("badge") int32_t shoal_badge(void);
SHOAL_IMPORT("word") int32_t shoal_word(int32_t index);

/* Sets a word of a portal's answer. Set them last: kernel calls use the same registers. */
SHOAL_IMPORT("set_word") void shoal_set_word(int32_t index, int32_t value);

/*
 * What a program that serves portals defines. The kernel calls it on the caller's time; it answers the
 * label of the reply, and sets words by shoal_set_word: those not set hold what the caller sent. It may
 * make any call but not wait. `handler` is the number that the endpoint was created with.
 */
SHOAL_EXPORT("shoal_portal")
int32_t shoal_portal(int32_t handler, int32_t badge, int32_t label, int32_t w0, int32_t w1, int32_t w2,
                     int32_t w3, int32_t w4, int32_t w5);

/* ---- making calls ---- */

/* Registers for a call that waits as long as it takes. */
static inline struct shoal_registers shoal_request(int32_t call, int32_t a0) {
  struct shoal_registers r = {0};
  r.call = call;
  r.a0 = a0;
  r.send_timeout_us = SHOAL_FOREVER;
  r.receive_timeout_us = SHOAL_FOREVER;
  return r;
}

/* A call that takes up to four arguments and answers nothing but its status. */
static inline shoal_status shoal_make(int32_t call, int32_t a0, int32_t a1, int32_t a2, int32_t a3) {
  struct shoal_registers r = shoal_request(call, a0);
  r.a1 = a1;
  r.a2 = a2;
  r.a3 = a3;
  return shoal_syscall(&r);
}

/* An address as a register holds it. */
static inline int32_t shoal_address(const volatile void *pointer) { return (int32_t)(uintptr_t)pointer; }

/* A call that waits at most so long; `answer`, if not null, receives its first word. */
static inline shoal_status shoal_wait_for(struct shoal_registers *r, int32_t timeout_us, int32_t *answer) {
  r->receive_timeout_us = timeout_us;
  shoal_status status = shoal_syscall(r);
  if (answer != NULL) *answer = r->word[0];
  return status;
}

/* ---- objects ---- */

/* Makes an object for a space (0: one's own); what w0 to w2 mean depends on the kind. */
static inline shoal_status shoal_object_create(shoal_slot to, int32_t kind, shoal_slot space, int32_t w0,
                                               int32_t w1, int32_t w2) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_OBJECT_CREATE, to);
  r.a1 = kind;
  r.a2 = space;
  r.word[0] = w0;
  r.word[1] = w1;
  r.word[2] = w2;
  return shoal_syscall(&r);
}

/* Makes an object whose kind takes nothing, or its defaults. */
static inline shoal_status shoal_create(shoal_slot to, int32_t kind) {
  return shoal_object_create(to, kind, 0, 0, 0, 0);
}

/* `handler` and `receive_descriptor` are for portals. */
static inline shoal_status shoal_create_endpoint(shoal_slot to, int32_t form, int32_t handler,
                                                 const struct shoal_descriptor *receive_descriptor) {
  return shoal_object_create(to, SHOAL_KIND_ENDPOINT, 0, form, handler, shoal_address(receive_descriptor));
}

static inline shoal_status shoal_create_region(shoal_slot to, int32_t bytes) {
  return shoal_object_create(to, SHOAL_KIND_REGION, 0, bytes, 0, 0);
}

static inline shoal_status shoal_object_destroy(shoal_slot object) {
  return shoal_make(SHOAL_CALL_OBJECT_DESTROY, object, 0, 0, 0);
}

/* What a capability names. Two name the same object if kind, number and generation are the same. */
struct shoal_identity {
  int32_t kind, number, generation, rights, badge;
};

static inline shoal_status shoal_object_identify(shoal_slot object, struct shoal_identity *identity) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_OBJECT_IDENTIFY, object);
  shoal_status status = shoal_syscall(&r);
  struct shoal_identity found = {r.word[0], r.word[1], r.word[2], r.word[3], r.word[4]};
  if (status == SHOAL_STATUS_OK) *identity = found;
  return status;
}

/*
 * Writes the state of an object: SHOAL_STATE_... words. Its references become capabilities in slots from
 * `references` on, and are 0 in the state if that is 0. `used`, if not null, receives how many there were.
 */
static inline shoal_status shoal_object_get_state(shoal_slot object, int32_t *state, int32_t words,
                                                  shoal_slot references, int32_t *used) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_OBJECT_GET_STATE, object);
  r.a1 = shoal_address(state);
  r.a2 = words;
  r.a3 = references;
  shoal_status status = shoal_syscall(&r);
  if (used != NULL) *used = r.word[1];
  return status;
}

static inline shoal_status shoal_object_set_state(shoal_slot object, const int32_t *state, int32_t words) {
  return shoal_make(SHOAL_CALL_OBJECT_SET_STATE, object, shoal_address(state), words, 0);
}

/* ---- capabilities ---- */

/* Rights and badge of 0 mean those of the original; a badge can be given once. */
static inline shoal_status shoal_capability_mint(shoal_slot from, shoal_slot to, int32_t rights,
                                                 int32_t badge) {
  return shoal_make(SHOAL_CALL_CAPABILITY_MINT, from, to, rights, badge);
}

static inline shoal_status shoal_capability_copy(shoal_slot from, shoal_slot to) {
  return shoal_make(SHOAL_CALL_CAPABILITY_COPY, from, to, 0, 0);
}

static inline shoal_status shoal_capability_move(shoal_slot from, shoal_slot to) {
  return shoal_make(SHOAL_CALL_CAPABILITY_MOVE, from, to, 0, 0);
}

static inline shoal_status shoal_capability_delete(shoal_slot slot) {
  return shoal_make(SHOAL_CALL_CAPABILITY_DELETE, slot, 0, 0, 0);
}

/* Deletes everything derived from a capability, wherever it is. */
static inline shoal_status shoal_capability_revoke(shoal_slot slot) {
  return shoal_make(SHOAL_CALL_CAPABILITY_REVOKE, slot, 0, 0, 0);
}

/* ---- answers ---- */

/*
 * Answers a call: the one received last (slot 0), or one whose answer was saved. Then the slot is free
 * again.
 */
static inline shoal_status shoal_reply(shoal_slot reply, int32_t label, int32_t w0, int32_t w1, int32_t w2,
                                       int32_t w3, int32_t w4, int32_t w5) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_REPLY, reply);
  const int32_t words[] = {w0, w1, w2, w3, w4, w5};
  r.label = label;
  for (int i = 0; i < SHOAL_LIMIT_MESSAGE_WORDS; i++) r.word[i] = words[i];
  return shoal_syscall(&r);
}

/* Keeps the answer owed to the call received last, to be given later by shoal_reply. */
static inline shoal_status shoal_save_reply(shoal_slot to) {
  return shoal_make(SHOAL_CALL_SAVE_REPLY, to, 0, 0, 0);
}

/* ---- threads ---- */

static inline shoal_status shoal_thread_resume(shoal_slot thread) {
  return shoal_make(SHOAL_CALL_THREAD_RESUME, thread, 0, 0, 0);
}

static inline shoal_status shoal_thread_stop(shoal_slot thread) {
  return shoal_make(SHOAL_CALL_THREAD_STOP, thread, 0, 0, 0);
}

/* Ends whatever a thread waits in: its call answers SHOAL_STATUS_INTERRUPTED. */
static inline shoal_status shoal_thread_interrupt(shoal_slot thread) {
  return shoal_make(SHOAL_CALL_THREAD_INTERRUPT, thread, 0, 0, 0);
}

/* A slice of 0 leaves it as it is. */
static inline shoal_status shoal_thread_schedule(shoal_slot thread, int32_t priority, int32_t slice_us) {
  return shoal_make(SHOAL_CALL_THREAD_SCHEDULE, thread, priority, slice_us, 0);
}

static inline shoal_status shoal_thread_yield(void) {
  return shoal_make(SHOAL_CALL_THREAD_YIELD, 0, 0, 0, 0);
}

/* Answers SHOAL_STATUS_TIMEOUT when the time is over. */
static inline shoal_status shoal_thread_sleep(int32_t us) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_THREAD_SLEEP, 0);
  return shoal_wait_for(&r, us, NULL);
}

_Noreturn static inline void shoal_thread_exit(int32_t code) {
  shoal_make(SHOAL_CALL_THREAD_EXIT, code, 0, 0, 0);
  __builtin_trap(); /* a portal cannot exit: it ends here */
}

/* ---- notifications ---- */

/* Bits of 0 mean those of the capability's badge. */
static inline shoal_status shoal_notification_signal(shoal_slot notification, int32_t bits) {
  return shoal_make(SHOAL_CALL_NOTIFICATION_SIGNAL, notification, bits, 0, 0);
}

/* Takes the bits of `mask` (0: all), waiting until there are any. */
static inline shoal_status shoal_notification_wait(shoal_slot notification, int32_t mask,
                                                   int32_t timeout_us, int32_t *bits) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_NOTIFICATION_WAIT, notification);
  r.a1 = mask;
  return shoal_wait_for(&r, timeout_us, bits);
}

/* As above without waiting: the bits are 0 if there are none. */
static inline shoal_status shoal_notification_poll(shoal_slot notification, int32_t mask, int32_t *bits) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_NOTIFICATION_POLL, notification);
  r.a1 = mask;
  return shoal_wait_for(&r, 0, bits);
}

/* ---- mutexes and conditions ---- */

/* SHOAL_STATUS_OWNER_DIED: the mutex is held now, and what it protects may be half done. */
static inline shoal_status shoal_mutex_lock(shoal_slot mutex, int32_t timeout_us) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_MUTEX_LOCK, mutex);
  return shoal_wait_for(&r, timeout_us, NULL);
}

static inline shoal_status shoal_mutex_try_lock(shoal_slot mutex) {
  return shoal_make(SHOAL_CALL_MUTEX_TRY_LOCK, mutex, 0, 0, 0);
}

static inline shoal_status shoal_mutex_unlock(shoal_slot mutex) {
  return shoal_make(SHOAL_CALL_MUTEX_UNLOCK, mutex, 0, 0, 0);
}

/* Unlocks the mutex and waits, in one step; comes back with the mutex held, whatever it answers. */
static inline shoal_status shoal_condition_wait(shoal_slot condition, shoal_slot mutex,
                                                int32_t timeout_us) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_CONDITION_WAIT, condition);
  r.a1 = mutex;
  return shoal_wait_for(&r, timeout_us, NULL);
}

static inline shoal_status shoal_condition_signal(shoal_slot condition) {
  return shoal_make(SHOAL_CALL_CONDITION_SIGNAL, condition, 0, 0, 0);
}

static inline shoal_status shoal_condition_broadcast(shoal_slot condition) {
  return shoal_make(SHOAL_CALL_CONDITION_BROADCAST, condition, 0, 0, 0);
}

/* ---- futexes: SHOAL_SLOT_FUTEX_QUEUE is the queue of the program's own memory ---- */

/* Waits at a word as long as it holds `expected`; SHOAL_STATUS_WOULD_BLOCK if it does not. */
static inline shoal_status shoal_futex_wait(shoal_slot queue, const volatile int32_t *word,
                                            int32_t expected, int32_t timeout_us) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_FUTEX_WAIT, queue);
  r.a1 = shoal_address(word);
  r.a2 = expected;
  return shoal_wait_for(&r, timeout_us, NULL);
}

/* Wakes up to `count` who wait at a word; `woken`, if not null, receives how many there were. */
static inline shoal_status shoal_futex_wake(shoal_slot queue, const volatile int32_t *word, int32_t count,
                                            int32_t *woken) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_FUTEX_WAKE, queue);
  r.a1 = shoal_address(word);
  r.a2 = count;
  return shoal_wait_for(&r, 0, woken);
}

/* Wakes up to `wake_count` who wait at a word, and lets up to `move_count` others wait at another. */
static inline shoal_status shoal_futex_requeue(shoal_slot queue, const volatile int32_t *from,
                                               int32_t wake_count, const volatile int32_t *to,
                                               int32_t move_count) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_FUTEX_REQUEUE, queue);
  r.a1 = shoal_address(from);
  r.a2 = wake_count;
  r.a3 = shoal_address(to);
  r.word[1] = move_count;
  return shoal_syscall(&r);
}

/* ---- time ---- */

/* Signals `bits` to a notification after a delay, and then each period (0: once). */
static inline shoal_status shoal_timer_set(shoal_slot timer, shoal_slot notification, int32_t bits,
                                           int32_t delay_us, int32_t period_us) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_TIMER_SET, timer);
  r.a1 = notification;
  r.a2 = bits;
  r.word[0] = delay_us;
  r.word[1] = period_us;
  return shoal_syscall(&r);
}

/* `was_armed`, if not null, receives whether it would have fired. */
static inline shoal_status shoal_timer_cancel(shoal_slot timer, int32_t *was_armed) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_TIMER_CANCEL, timer);
  return shoal_wait_for(&r, 0, was_armed);
}

/* Nanoseconds since the core started. */
static inline int64_t shoal_clock_ns(void) {
  struct shoal_registers r = shoal_request(SHOAL_CALL_CLOCK_READ, 0);
  shoal_syscall(&r);
  return (int64_t)(((uint64_t)(uint32_t)r.word[1] << 32) | (uint32_t)r.word[0]);
}

/* ---- bytes ---- */

static inline shoal_status shoal_region_read(shoal_slot region, int32_t offset, void *to, int32_t bytes) {
  return shoal_make(SHOAL_CALL_REGION_READ, region, offset, shoal_address(to), bytes);
}

static inline shoal_status shoal_region_write(shoal_slot region, int32_t offset, const void *from,
                                              int32_t bytes) {
  return shoal_make(SHOAL_CALL_REGION_WRITE, region, offset, shoal_address(from), bytes);
}

/* The memory of another space, if its capability allows it. */
static inline shoal_status shoal_memory_read(shoal_slot space, int32_t address, void *to, int32_t bytes) {
  return shoal_make(SHOAL_CALL_MEMORY_READ, space, address, shoal_address(to), bytes);
}

static inline shoal_status shoal_memory_write(shoal_slot space, int32_t address, const void *from,
                                              int32_t bytes) {
  return shoal_make(SHOAL_CALL_MEMORY_WRITE, space, address, shoal_address(from), bytes);
}

/* ---- endpoint sets and spaces ---- */

static inline shoal_status shoal_set_add(shoal_slot set, shoal_slot endpoint) {
  return shoal_make(SHOAL_CALL_SET_ADD, set, endpoint, 0, 0);
}

static inline shoal_status shoal_set_remove(shoal_slot set, shoal_slot endpoint) {
  return shoal_make(SHOAL_CALL_SET_REMOVE, set, endpoint, 0, 0);
}

/* `what` is a SHOAL_BINDING_...; `bits` are for that of the exit notification. */
static inline shoal_status shoal_space_bind(shoal_slot space, int32_t what, shoal_slot target,
                                            int32_t bits) {
  return shoal_make(SHOAL_CALL_SPACE_BIND, space, what, target, bits);
}

/* ---- a program without a C library ---- */

/*
 * Begins a program that is compiled without the standard library, in place of `int main(void)`. What it
 * answers is the program's exit code.
 */
#define SHOAL_MAIN() SHOAL_EXPORT("_start") int shoal_main(void)

#endif
