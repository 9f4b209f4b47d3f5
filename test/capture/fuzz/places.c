// What the debug sections of the fuzzing are of: little code with much to say about it. Blocks in blocks,
// functions within functions, values that move from one place to another, calls that come back.
#define EXPORT(name) __attribute__((export_name(#name)))

__attribute__((import_module("host"), import_name("ask"))) int ask(int about);

struct point {
  int x, y;
};

static struct point last;

static inline int square(int of) {
  int product = of * of;
  if (product > 100) {
    int asked = ask(product);
    return asked + of;
  }
  return product;
}

__attribute__((noinline)) static int along(struct point *points, int count) {
  int sum = 0;
  for (int i = 0; i < count; i++) {
    struct point here = points[i];
    sum += square(here.x) + square(ask(here.y));
    last = here;
  }
  return sum;
}

EXPORT(main) int from(int start) {
  struct point points[3] = {{start, 1}, {2, start}, {ask(start), 3}};
  int sum = along(points, 3);
  return sum == 0 ? ask(last.x) : sum;
}
