#include "baseline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const char *name;
  void (*run)(const options_t *options);
} work_t;

static const work_t works[] = {
    {"publish", publish_windowed}, {"publish-one", publish_one_at_a_time}, {"consume", consume}, {"fan-out", fan_out},
    {"office", work_as_office},    {"follow", follow_as_office},
};

static int usage(void) {
  fputs("usage: benchmark-baseline WORK --url URL --queue NAME --count N [--window N] [--queues N] [--file F]\n", stderr);
  return 2;
}

int main(int argc, char **argv) {
  options_t options = {.window = 1000, .queues = 50};
  if (argc < 2 || argc % 2 != 0) return usage();
  for (int index = 2; index < argc; index += 2) {
    const char *name = argv[index];
    const char *value = argv[index + 1];
    if (strcmp(name, "--url") == 0) options.url = value;
    else if (strcmp(name, "--queue") == 0) options.queue = value;
    else if (strcmp(name, "--file") == 0) options.file = value;
    else if (strcmp(name, "--count") == 0) options.count = atol(value);
    else if (strcmp(name, "--window") == 0) options.window = atol(value);
    else if (strcmp(name, "--queues") == 0) options.queues = atol(value);
    else return usage();
  }
  if (options.url == NULL || options.queue == NULL || options.count < 1 || options.queues > MOST_QUEUES) return usage();
  for (size_t index = 0; index < sizeof works / sizeof *works; index++) {
    if (strcmp(argv[1], works[index].name) == 0) {
      works[index].run(&options);
      return 0;
    }
  }
  return usage();
}
