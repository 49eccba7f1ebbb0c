#define _GNU_SOURCE
#include "CRabbitMQ.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

static struct timeval milliseconds(int count) {
  struct timeval time = {.tv_sec = count / 1000, .tv_usec = (count % 1000) * 1000};
  return time;
}

/* What the handshake under way on this thread found; OpenSSL calls back on the thread that shakes hands. */
static _Thread_local int verify_error;

/* Only looks on: OpenSSL and librabbitmq decide as they would without it. The first error is the telling one. */
static int note_verification(int is_good, X509_STORE_CTX *store) {
  if (!is_good && verify_error == X509_V_OK) verify_error = X509_STORE_CTX_get_error(store);
  return is_good;
}

/*
 * Whether the call under way on this thread is about TLS. A thread that never asks OpenSSL anything leaves nothing
 * behind there that would have to be freed when it ends.
 */
static _Thread_local int uses_tls;

/* The connection that is being made on this thread: librabbitmq does not give it out. */
static _Thread_local SSL *shaking;

static void note_handshake(const SSL *tls, int where, int value) {
  (void)where;
  (void)value;
  shaking = (SSL *)tls;
}

/*
 * OpenSSL frees what it has when the process exits, while the threads of connections may still be using it: the process
 * crashed at its end, one time in three hundred on a busy machine. The system takes the memory back as well.
 */
static void start_openssl(void) {
  OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_LOAD_SSL_STRINGS | OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL);
}

static void begin(const crabbitmq_endpoint_t *endpoint) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  errno = 0;
  verify_error = X509_V_OK;
  shaking = NULL;
  uses_tls = endpoint->use_tls;
  if (!uses_tls) return;
  pthread_once(&once, start_openssl);
  ERR_clear_error();
}

static const char *tls_reason(void) {
  unsigned long error = uses_tls ? ERR_peek_error() : 0;
  if (verify_error != X509_V_OK) return X509_verify_cert_error_string(verify_error);
  return error == 0 ? NULL : ERR_reason_error_string(error);
}

/* OpenSSL reports an alert that it received as an error of its own, by a number above all others. */
static int tls_alert(void) {
  unsigned long error = uses_tls ? ERR_peek_error() : 0;
  int reason = ERR_GET_REASON(error);
  return ERR_GET_LIB(error) == ERR_LIB_SSL && reason > SSL_AD_REASON_OFFSET ? reason - SSL_AD_REASON_OFFSET : 0;
}

static crabbitmq_result_t failed(crabbitmq_step_t step, int status) {
  crabbitmq_result_t result;
  memset(&result, 0, sizeof result);
  result.system_error = errno;
  result.verify_error = verify_error;
  result.tls_alert = tls_alert();
  result.tls_reason = tls_reason();
  result.step = step;
  result.status = status;
  return result;
}

static crabbitmq_result_t done(void) {
  crabbitmq_result_t result;
  memset(&result, 0, sizeof result);
  return result;
}

static int set_tls_files(amqp_socket_t *socket, const crabbitmq_endpoint_t *endpoint, crabbitmq_step_t *step) {
  int status;
  if (endpoint->ca_file != NULL) {
    *step = CRABBITMQ_STEP_CA_FILE;
    status = amqp_ssl_socket_set_cacert(socket, endpoint->ca_file);
    if (status != AMQP_STATUS_OK) return status;
  }
  if (endpoint->certificate_file != NULL && endpoint->key_file != NULL) {
    *step = CRABBITMQ_STEP_CERTIFICATE;
    status = amqp_ssl_socket_set_key(socket, endpoint->certificate_file, endpoint->key_file);
    if (status != AMQP_STATUS_OK) return status;
  }
  return AMQP_STATUS_OK;
}

crabbitmq_result_t crabbitmq_open(amqp_connection_state_t connection, const crabbitmq_endpoint_t *endpoint,
                                  crabbitmq_stream_t *stream) {
  struct timeval timeout = milliseconds(endpoint->timeout_milliseconds);
  crabbitmq_step_t step = CRABBITMQ_STEP_SOCKET;
  amqp_socket_t *socket;
  int status;

  begin(endpoint);
  if (endpoint->use_tls) {
    SSL_CTX *context;
    socket = amqp_ssl_socket_new(connection);
    if (socket == NULL) return failed(step, AMQP_STATUS_NO_MEMORY);
    context = amqp_ssl_socket_get_context(socket);
    SSL_CTX_set_verify(context, SSL_CTX_get_verify_mode(context), note_verification);
    SSL_CTX_set_info_callback(context, note_handshake);
    status = amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST);
    if (status != AMQP_STATUS_OK) return failed(step, status);
    amqp_ssl_socket_set_verify_peer(socket, endpoint->verify_peer);
    amqp_ssl_socket_set_verify_hostname(socket, endpoint->verify_hostname);
    status = set_tls_files(socket, endpoint, &step);
    if (status != AMQP_STATUS_OK) return failed(step, status);
  } else {
    socket = amqp_tcp_socket_new(connection);
    if (socket == NULL) return failed(step, AMQP_STATUS_NO_MEMORY);
  }

  status = amqp_socket_open_noblock(socket, endpoint->host, endpoint->port, &timeout);
  if (status != AMQP_STATUS_OK) return failed(CRABBITMQ_STEP_CONNECT, status);
  memset(stream, 0, sizeof *stream);
  stream->descriptor = amqp_get_sockfd(connection);
  if (endpoint->use_tls) {
    /* No handshake without its call back: without the connection, bytes would go out in the clear. */
    if (shaking == NULL) return failed(CRABBITMQ_STEP_CONNECT, AMQP_STATUS_SSL_ERROR);
    SSL_set_mode(shaking, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    stream->tls = shaking;
  }
  return done();
}

static amqp_table_entry_t text(const char *key, const char *value) {
  amqp_table_entry_t entry;
  entry.key = amqp_cstring_bytes(key);
  entry.value.kind = AMQP_FIELD_KIND_UTF8;
  entry.value.value.bytes = amqp_cstring_bytes(value);
  return entry;
}

static amqp_table_entry_t yes(const char *key) {
  amqp_table_entry_t entry;
  entry.key = amqp_cstring_bytes(key);
  entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
  entry.value.value.boolean = 1;
  return entry;
}

/* The reply's memory belongs to the library and goes with its next call: copy it out. */
static crabbitmq_result_t refused(amqp_rpc_reply_t reply) {
  crabbitmq_result_t result = failed(CRABBITMQ_STEP_LOGIN, AMQP_STATUS_OK);
  amqp_bytes_t words = amqp_empty_bytes;

  if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION) {
    result.status = reply.library_error != 0 ? reply.library_error : AMQP_STATUS_UNEXPECTED_STATE;
    return result;
  }
  if (reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const amqp_connection_close_t *close = reply.reply.decoded;
    result.reply_code = close->reply_code;
    words = close->reply_text;
  } else {
    result.status = AMQP_STATUS_UNEXPECTED_STATE;
  }
  if (words.len > 0) {
    size_t length = words.len < sizeof result.reply_text ? words.len : sizeof result.reply_text - 1;
    memcpy(result.reply_text, words.bytes, length);
  }
  return result;
}

crabbitmq_result_t crabbitmq_login(amqp_connection_state_t connection,
                                   const crabbitmq_endpoint_t *endpoint) {
  struct timeval timeout = milliseconds(endpoint->timeout_milliseconds);
  amqp_table_entry_t capability_entries[] = {
      yes("connection.blocked"),
      yes("consumer_cancel_notify"),
      yes("publisher_confirms"),
      yes("basic.nack"),
  };
  amqp_table_t capabilities = {
      .num_entries = sizeof capability_entries / sizeof *capability_entries, .entries = capability_entries};
  amqp_table_entry_t entries[] = {
      text("connection_name", endpoint->connection_name),
      text("product", "Swift client over librabbitmq"),
      text("version", amqp_version()),
      text("platform", "Swift"),
      {.key = amqp_cstring_bytes("capabilities"),
       .value = {.kind = AMQP_FIELD_KIND_TABLE, .value = {.table = capabilities}}},
  };
  amqp_table_t properties = {.num_entries = sizeof entries / sizeof *entries, .entries = entries};
  amqp_rpc_reply_t reply;

  begin(endpoint);
  amqp_set_handshake_timeout(connection, &timeout);
  amqp_set_rpc_timeout(connection, &timeout);
  reply = amqp_login_with_properties(connection, endpoint->virtual_host, 0, endpoint->frame_max,
                                     endpoint->heartbeat_seconds, &properties, AMQP_SASL_METHOD_PLAIN,
                                     endpoint->user, endpoint->password);
  return reply.reply_type == AMQP_RESPONSE_NORMAL ? done() : refused(reply);
}

int crabbitmq_speaks_tls(const crabbitmq_endpoint_t *endpoint) {
  crabbitmq_endpoint_t stranger = *endpoint;
  amqp_connection_state_t connection = amqp_new_connection();
  crabbitmq_stream_t stream;
  crabbitmq_result_t result;

  if (connection == NULL) return 0;
  stranger.use_tls = 1;
  stranger.verify_peer = 0;
  stranger.verify_hostname = 0;
  stranger.ca_file = stranger.certificate_file = stranger.key_file = NULL;
  result = crabbitmq_open(connection, &stranger, &stream);
  amqp_destroy_connection(connection);
  return result.step == CRABBITMQ_STEP_DONE;
}

int crabbitmq_read_behind_login(amqp_connection_state_t connection, amqp_frame_t *frame, int timeout_milliseconds) {
  struct timeval timeout = milliseconds(timeout_milliseconds);
  int has_begun = !amqp_release_buffers_ok(connection);
  if (!has_begun && !amqp_frames_enqueued(connection) && !amqp_data_in_buffer(connection)) return AMQP_STATUS_TIMEOUT;
  return amqp_simple_wait_frame_noblock(connection, frame, &timeout);
}

static long tls_result(SSL *tls, int result, int expected, int *waits_otherwise) {
  int error;
  *waits_otherwise = 0;
  if (result > 0) return result;
  error = SSL_get_error(tls, result);
  if (error == expected) return 0;
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
    *waits_otherwise = 1;
    return 0;
  }
  return error == SSL_ERROR_ZERO_RETURN ? AMQP_STATUS_CONNECTION_CLOSED : AMQP_STATUS_SSL_ERROR;
}

static int clamped(size_t size) { return size > INT_MAX ? INT_MAX : (int)size; }

static int is_patience(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

long crabbitmq_read(crabbitmq_stream_t *stream, void *buffer, size_t size) {
  ssize_t count;
  if (stream->tls != NULL) {
    ERR_clear_error();
    int result = SSL_read(stream->tls, buffer, clamped(size));
    return tls_result(stream->tls, result, SSL_ERROR_WANT_READ, &stream->read_waits_for_room);
  }
  count = recv(stream->descriptor, buffer, size, MSG_DONTWAIT);
  if (count > 0) return count;
  if (count < 0 && is_patience(errno)) return 0;
  return count == 0 ? AMQP_STATUS_CONNECTION_CLOSED : AMQP_STATUS_SOCKET_ERROR;
}

long crabbitmq_write(crabbitmq_stream_t *stream, const void *bytes, size_t count) {
  ssize_t sent;
  if (stream->tls != NULL) {
    ERR_clear_error();
    int result = SSL_write(stream->tls, bytes, clamped(count));
    return tls_result(stream->tls, result, SSL_ERROR_WANT_WRITE, &stream->write_waits_for_bytes);
  }
  sent = send(stream->descriptor, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) return sent;
  return is_patience(errno) ? 0 : AMQP_STATUS_SOCKET_ERROR;
}

int crabbitmq_has_pending(const crabbitmq_stream_t *stream) {
  return stream->tls != NULL && SSL_has_pending(stream->tls);
}
