#include "baseline.h"

#include <amqp_tcp_socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void require(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "baseline: %s failed\n", what);
  exit(1);
}

void require_reply(amqp_rpc_reply_t reply, const char *what) {
  require(reply.reply_type == AMQP_RESPONSE_NORMAL, what);
}

amqp_connection_state_t connect_to(const char *url) {
  struct amqp_connection_info info;
  char *copy = strdup(url);
  amqp_connection_state_t connection = amqp_new_connection();
  amqp_socket_t *socket = amqp_tcp_socket_new(connection);

  require(amqp_parse_url(copy, &info) == AMQP_STATUS_OK, "reading the URL");
  require(amqp_socket_open(socket, info.host, info.port) == AMQP_STATUS_OK, "connecting");
  /* An empty path means the default virtual host to everybody but this library. */
  if (*info.vhost == '\0') info.vhost = "/";
  require_reply(amqp_login(connection, info.vhost, 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, info.user, info.password),
                "logging in");
  amqp_channel_open(connection, 1);
  require_reply(amqp_get_rpc_reply(connection), "opening a channel");
  free(copy);
  return connection;
}

void consume_from(amqp_connection_state_t connection, int channel, const char *queue, int prefetch) {
  if (channel > 1) {
    amqp_channel_open(connection, (amqp_channel_t)channel);
    require_reply(amqp_get_rpc_reply(connection), "opening a channel");
  }
  amqp_basic_qos(connection, (amqp_channel_t)channel, 0, (uint16_t)prefetch, 0);
  require_reply(amqp_get_rpc_reply(connection), "limiting the prefetch");
  amqp_basic_consume(connection, (amqp_channel_t)channel, amqp_cstring_bytes(queue), amqp_empty_bytes, 0, 0, 0,
                     amqp_empty_table);
  require_reply(amqp_get_rpc_reply(connection), "consuming");
}

void next_message(amqp_connection_state_t connection, amqp_envelope_t *envelope) {
  amqp_maybe_release_buffers(connection);
  require_reply(amqp_consume_message(connection, envelope, NULL, 0), "waiting for a message");
}
