/*
 * A server that keeps a file open and writes a line into it for each request: an effect outside of the
 * system, by which whoever looks sees what happened how often. It answers how many lines it wrote.
 */
#include <errno.h>
#include <stdio.h>

#include "shoal.h"

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  FILE *journal = fopen(argv[1], "a");
  FILE *other = fopen("/work/other.txt", "w+");
  if (journal == NULL || other == NULL) return 3;
  int32_t count = 0;
  shoal_status status = shoal_receive(SHOAL_SLOT_SERVED);
  while (status == SHOAL_STATUS_OK) {
    count++;
    fprintf(journal, "%d %d\n", (int)shoal_badge(), (int)shoal_word(0));
    if (fflush(journal) != 0) return 4;
    fprintf(other, "%d ", (int)count);
    fflush(other);
    /*
     * A file that is opened and closed between two requests, and sometimes removed: if that was under way
     * when the process was killed it is made again, and finds the file gone.
     */
    FILE *scratch = fopen("/work/scratch.txt", "w");
    if (scratch == NULL || fprintf(scratch, "%d", (int)count) < 0 || fclose(scratch) != 0) return 5;
    if (count % 3 == 0 && remove("/work/scratch.txt") != 0 && errno != ENOENT) return 6;
    status = shoal_reply_and_receive(SHOAL_SLOT_SERVED, 1, count, 0, 0, 0, 0, 0);
  }
  return 7;
}
