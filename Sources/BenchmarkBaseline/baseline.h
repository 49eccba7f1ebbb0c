/*
 * What a plain C program over librabbitmq and SQLite does for the same work: what the benchmarks are measured by.
 * It is written as the libraries' manuals show it, quick and without any of the care that a real client needs: an
 * error ends the process, and nothing reconnects.
 */
#ifndef BASELINE_H
#define BASELINE_H

#include <amqp.h>
#include <stddef.h>
#include <stdint.h>

/* The most channels that RabbitMQ grants a connection. */
enum { MOST_QUEUES = 2047 };

/* What a run is asked for; strings live as long as the process. */
typedef struct {
  const char *url;
  const char *queue;
  /* Messages, or deliveries over all queues. */
  long count;
  long window;
  long queues;
  const char *file;
} options_t;

/* What is measured of a process between two moments. */
typedef struct {
  double wall;
  double cpu;
} moment_t;

moment_t moment(void);
/* Prints one line of JSON: what the work took since `since`, by the clock and of the processor. */
void report(const char *work, long count, moment_t since);
/* The same, with the median and the 99th percentile of latencies in nanoseconds; sorts them. */
void report_latencies(const char *work, int64_t *latencies, long count, moment_t since);
int64_t nanoseconds(void);

/* Ends the process with a word about what failed. */
void require(int holds, const char *what);
void require_reply(amqp_rpc_reply_t reply, const char *what);

amqp_connection_state_t connect_to(const char *url);
void consume_from(amqp_connection_state_t connection, int channel, const char *queue, int prefetch);
/* The next message on any channel; to be given to amqp_destroy_envelope. */
void next_message(amqp_connection_state_t connection, amqp_envelope_t *envelope);

void publish_windowed(const options_t *options);
void publish_one_at_a_time(const options_t *options);
void consume(const options_t *options);
void fan_out(const options_t *options);
void work_as_office(const options_t *options);
void follow_as_office(const options_t *options);

#endif
