/*
 * Compute-bound work without input, of the kinds that embedded benchmarks use: a linked list that
 * is searched, reversed and sorted, integer matrices, a number scanner as a state machine, and a
 * checksum over all results. Prints one line a part. Usage: compute [rounds]
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { listLength = 1000, matrixSide = 60, textBytes = 4000 };

struct node {
  struct node *next;
  uint32_t key;
  uint32_t value;
};

static uint32_t seed;

static uint32_t draw(void) {
  seed = seed * 1664525u + 1013904223u;
  return seed >> 8;
}

static uint32_t checksum(uint32_t sum, uint32_t word) {
  sum ^= word;
  for (int bit = 0; bit < 32; bit++) sum = sum & 1 ? sum >> 1 ^ 0xedb88320u : sum >> 1;
  return sum;
}

static struct node *merge(struct node *a, struct node *b) {
  struct node head = {0}, *tail = &head;
  while (a && b) {
    struct node **least = a->key <= b->key ? &a : &b;
    tail->next = *least;
    tail = *least;
    *least = tail->next;
  }
  tail->next = a ? a : b;
  return head.next;
}

static struct node *sort(struct node *list, int length) {
  if (length < 2) return list;
  struct node *last = list;
  for (int index = 1; index < length / 2; index++) last = last->next;
  struct node *rest = last->next;
  last->next = 0;
  return merge(sort(list, length / 2), sort(rest, length - length / 2));
}

static struct node *reverse(struct node *list) {
  struct node *done = 0;
  while (list) {
    struct node *next = list->next;
    list->next = done;
    done = list;
    list = next;
  }
  return done;
}

static uint32_t listWork(uint32_t sum) {
  static struct node nodes[listLength];
  for (int index = 0; index < listLength; index++) {
    nodes[index].key = draw() % 5000;
    nodes[index].value = draw();
    nodes[index].next = index + 1 < listLength ? &nodes[index + 1] : 0;
  }
  struct node *list = sort(reverse(nodes), listLength);
  for (int search = 0; search < 200; search++) {
    uint32_t wanted = draw() % 5000;
    struct node *at = list;
    while (at && at->key < wanted) at = at->next;
    sum = checksum(sum, at ? at->value : wanted);
  }
  return sum;
}

static uint32_t matrixWork(uint32_t sum) {
  static int32_t a[matrixSide][matrixSide], b[matrixSide][matrixSide];
  for (int row = 0; row < matrixSide; row++)
    for (int column = 0; column < matrixSide; column++) {
      a[row][column] = (int32_t)(draw() % 200) - 100;
      b[row][column] = (int32_t)(draw() % 200) - 100;
    }
  for (int row = 0; row < matrixSide; row++)
    for (int column = 0; column < matrixSide; column++) {
      int32_t total = 0;
      for (int k = 0; k < matrixSide; k++) total += a[row][k] * b[k][column];
      sum = checksum(sum, (uint32_t)total);
    }
  return sum;
}

enum state { outside, whole, fraction, exponent, wrong, stateCount };

static uint32_t scanWork(uint32_t sum) {
  static const char letters[] = "0123456789.e,-+x";
  uint32_t visits[stateCount] = {0};
  enum state state = outside;
  for (int index = 0; index < textBytes; index++) {
    char letter = letters[draw() % 16];
    int digit = letter >= '0' && letter <= '9';
    if (letter == ',') state = outside;
    else if (state == outside) state = digit ? whole : letter == '-' ? whole : wrong;
    else if (state == whole && letter == '.') state = fraction;
    else if (state != wrong && state != exponent && letter == 'e') state = exponent;
    else if (!digit) state = wrong;
    visits[state]++;
  }
  for (int index = 0; index < stateCount; index++) sum = checksum(sum, visits[index]);
  return sum;
}

int main(int count, char **words) {
  int rounds = count > 1 ? atoi(words[1]) : 10;
  if (rounds < 1) {
    fprintf(stderr, "usage: compute [rounds, at least 1]\n");
    return 2;
  }
  uint32_t list = 0, matrix = 0, scan = 0;
  seed = 2026;
  for (int round = 0; round < rounds; round++) {
    list = listWork(list);
    matrix = matrixWork(matrix);
    scan = scanWork(scan);
  }
  printf("list %08x\nmatrix %08x\nscan %08x\n", list, matrix, scan);
  return 0;
}
