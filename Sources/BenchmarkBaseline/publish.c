#include "baseline.h"

#include <amqp_framing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_SIZE = 512 };

/* Which messages are confirmed: the broker names them one by one or all up to one, in any order. */
typedef struct {
  char *done;
  uint64_t lowest;
  long confirmed;
} confirms_t;

static void mark(confirms_t *confirms, uint64_t tag) {
  if (!confirms->done[tag]) confirms->confirmed++;
  confirms->done[tag] = 1;
}

static void wait_for_confirm(amqp_connection_state_t connection, confirms_t *confirms) {
  amqp_frame_t frame;
  amqp_maybe_release_buffers(connection);
  require(amqp_simple_wait_frame(connection, &frame) == AMQP_STATUS_OK, "waiting for a confirm");
  if (frame.frame_type != AMQP_FRAME_METHOD) return;
  require(frame.payload.method.id == AMQP_BASIC_ACK_METHOD, "being confirmed");
  const amqp_basic_ack_t *ack = frame.payload.method.decoded;
  if (ack->multiple) {
    while (confirms->lowest <= ack->delivery_tag) mark(confirms, confirms->lowest++);
  } else {
    mark(confirms, ack->delivery_tag);
  }
}

static void send_to(amqp_connection_state_t connection, const char *queue, long number) {
  static char body[BODY_SIZE];
  char id[32];
  amqp_bytes_t bytes = {.len = sizeof body, .bytes = body};
  amqp_basic_properties_t properties;

  memset(&properties, 0, sizeof properties);
  memset(body, 'x', sizeof body);
  snprintf(id, sizeof id, "message-%ld", number);
  properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG;
  properties.delivery_mode = 2;
  properties.message_id = amqp_cstring_bytes(id);
  require(amqp_basic_publish(connection, 1, amqp_empty_bytes, amqp_cstring_bytes(queue), 1, 0, &properties, bytes) ==
              AMQP_STATUS_OK,
          "publishing");
}

static amqp_connection_state_t connect_with_confirms(const options_t *options, confirms_t *confirms) {
  amqp_connection_state_t connection = connect_to(options->url);
  amqp_confirm_select(connection, 1);
  require_reply(amqp_get_rpc_reply(connection), "asking for confirms");
  confirms->done = calloc((size_t)options->count + 2, 1);
  confirms->lowest = 1;
  confirms->confirmed = 0;
  return connection;
}

void publish_windowed(const options_t *options) {
  confirms_t confirms;
  amqp_connection_state_t connection = connect_with_confirms(options, &confirms);
  long sent = 0;
  moment_t start = moment();

  while (confirms.confirmed < options->count) {
    while (sent < options->count && sent - confirms.confirmed < options->window) {
      send_to(connection, options->queue, sent++);
    }
    wait_for_confirm(connection, &confirms);
  }
  report("publish", options->count, start);
}

void publish_one_at_a_time(const options_t *options) {
  confirms_t confirms;
  amqp_connection_state_t connection = connect_with_confirms(options, &confirms);
  int64_t *latencies = calloc((size_t)options->count, sizeof *latencies);
  moment_t start = moment();

  for (long sent = 0; sent < options->count; sent++) {
    int64_t before = nanoseconds();
    send_to(connection, options->queue, sent);
    while (confirms.confirmed <= sent) wait_for_confirm(connection, &confirms);
    latencies[sent] = nanoseconds() - before;
  }
  report_latencies("publish-one", latencies, options->count, start);
}
