#include "baseline.h"

#include <amqp_framing.h>
#include <stdio.h>

enum { PREFETCH = 500, ACK_EVERY = 125 };

/* Keeps the compiler from leaving the reading out. */
static volatile size_t bytes_seen;

void consume(const options_t *options) {
  amqp_connection_state_t connection = connect_to(options->url);
  moment_t start = moment();
  consume_from(connection, 1, options->queue, PREFETCH);

  for (long taken = 1; taken <= options->count; taken++) {
    amqp_envelope_t envelope;
    next_message(connection, &envelope);
    bytes_seen += envelope.message.body.len;
    if (taken % ACK_EVERY == 0 || taken == options->count) {
      require(amqp_basic_ack(connection, 1, envelope.delivery_tag, 1) == AMQP_STATUS_OK, "acknowledging");
    }
    amqp_destroy_envelope(&envelope);
  }
  report("consume", options->count, start);
}

/* One consumer of several on the connection. */
typedef struct {
  uint64_t tag;
  uint64_t missing;
  long taken;
  long unsettled;
} consumer_t;

static void settle(amqp_connection_state_t connection, amqp_channel_t channel, consumer_t *consumer, long each) {
  consumer->taken++;
  if (++consumer->unsettled < ACK_EVERY && consumer->taken < each) return;
  require(amqp_basic_ack(connection, channel, consumer->tag, 1) == AMQP_STATUS_OK, "acknowledging");
  consumer->unsettled = 0;
}

/* Reads frame by frame: amqp_consume_message loses messages where several channels have some. */
void fan_out(const options_t *options) {
  static consumer_t consumers[MOST_QUEUES + 1];
  amqp_connection_state_t connection = connect_to(options->url);
  long each = options->count / options->queues;
  long left = each * options->queues;
  moment_t start = moment();

  for (long index = 0; index < options->queues; index++) {
    char queue[256];
    snprintf(queue, sizeof queue, "%s-%ld", options->queue, index);
    consume_from(connection, (int)index + 1, queue, PREFETCH);
  }
  while (left > 0) {
    amqp_frame_t frame;
    consumer_t *consumer;
    require(amqp_simple_wait_frame(connection, &frame) == AMQP_STATUS_OK, "waiting for a frame");
    if (frame.channel > options->queues) continue;
    consumer = &consumers[frame.channel];
    if (frame.frame_type == AMQP_FRAME_METHOD && frame.payload.method.id == AMQP_BASIC_DELIVER_METHOD) {
      consumer->tag = ((amqp_basic_deliver_t *)frame.payload.method.decoded)->delivery_tag;
    } else if (frame.frame_type == AMQP_FRAME_HEADER) {
      consumer->missing = frame.payload.properties.body_size;
    } else if (frame.frame_type == AMQP_FRAME_BODY) {
      bytes_seen += frame.payload.body_fragment.len;
      consumer->missing -= frame.payload.body_fragment.len;
      if (consumer->missing > 0) continue;
      settle(connection, frame.channel, consumer, each);
      amqp_maybe_release_buffers_on_channel(connection, frame.channel);
      left--;
    }
  }
  report("fan-out", each * options->queues, start);
}
