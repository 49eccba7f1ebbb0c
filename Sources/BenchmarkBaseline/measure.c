#include "baseline.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static double seconds(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec / 1e6; }

moment_t moment(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  moment_t now = {.wall = (double)nanoseconds() / 1e9, .cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime)};
  return now;
}

static void print(const char *work, long count, moment_t since, const char *more) {
  struct rusage usage;
  moment_t now = moment();
  getrusage(RUSAGE_SELF, &usage);
  printf("{\"work\": \"%s\", \"count\": %ld, \"seconds\": %.6f, \"cpu\": %.6f, \"rss\": %ld%s}\n", work, count,
         now.wall - since.wall, now.cpu - since.cpu, usage.ru_maxrss * 1024, more);
  fflush(stdout);
}

void report(const char *work, long count, moment_t since) { print(work, count, since, ""); }

static int ascending(const void *left, const void *right) {
  int64_t a = *(const int64_t *)left;
  int64_t b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

void report_latencies(const char *work, int64_t *latencies, long count, moment_t since) {
  char more[128];
  qsort(latencies, (size_t)count, sizeof *latencies, ascending);
  snprintf(more, sizeof more, ", \"p50\": %.1f, \"p99\": %.1f", (double)latencies[count / 2] / 1e3,
           (double)latencies[count * 99 / 100] / 1e3);
  print(work, count, since, more);
}
