/*
 * librabbitmq for Swift: the library's own headers, and a few functions for what Swift cannot call or
 * should not do by itself. Each says why it exists. None keeps state of a connection; all of them belong on the
 * thread that owns the connection.
 */
#ifndef CRABBITMQ_H
#define CRABBITMQ_H

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <stddef.h>
#include <stdint.h>

/* Where and how to connect. Every string is NUL-terminated and may be freed after the call. */
typedef struct {
  const char *host;
  int port;
  const char *virtual_host;
  const char *user;
  const char *password;
  const char *connection_name;
  int heartbeat_seconds;
  int timeout_milliseconds;
  int frame_max;
  /* TLS: the files may be NULL. */
  int use_tls;
  const char *ca_file;
  const char *certificate_file;
  const char *key_file;
  int verify_peer;
  int verify_hostname;
} crabbitmq_endpoint_t;

/* The step that an attempt to connect had reached when it failed. */
typedef enum {
  CRABBITMQ_STEP_DONE = 0,
  CRABBITMQ_STEP_SOCKET = 1,
  CRABBITMQ_STEP_CA_FILE = 2,
  CRABBITMQ_STEP_CERTIFICATE = 3,
  CRABBITMQ_STEP_CONNECT = 4,
  CRABBITMQ_STEP_LOGIN = 5,
} crabbitmq_step_t;

/* How an attempt to connect ended. */
typedef struct {
  crabbitmq_step_t step;
  /* A librabbitmq status where the library failed; 0 where the broker refused. */
  int status;
  /* errno, as the failing call left it; a hint only. */
  int system_error;
  /* What OpenSSL found wrong with the certificate, X509_V_OK (0) where nothing. */
  int verify_error;
  /* The alert by which the other side broke off TLS (RFC 8446, section 6.2); 0 where it sent none. */
  int tls_alert;
  /* What OpenSSL says about all of these, in its own memory that lives as long as the process; NULL where it says nothing. */
  const char *tls_reason;
  /* The broker's code where it closed the connection; else 0. */
  uint16_t reply_code;
  /* The broker's words, NUL-terminated. */
  char reply_text[256];
} crabbitmq_result_t;

/*
 * Makes the socket and connects it.
 * Why: which TLS option failed must be known for a useful error, and the option functions differ by socket. An expired
 * certificate and an unknown authority have one status in librabbitmq; OpenSSL tells them apart.
 */
crabbitmq_result_t crabbitmq_open(amqp_connection_state_t connection,
                                  const crabbitmq_endpoint_t *endpoint);

/*
 * Shakes hands, announcing the capabilities without which a deleted queue or an alarm stays invisible.
 * Why: amqp_login_with_properties is variadic, and its reply points into memory that the next call reuses.
 */
crabbitmq_result_t crabbitmq_login(amqp_connection_state_t connection,
                                   const crabbitmq_endpoint_t *endpoint);

/*
 * Whether TLS is spoken at a plain endpoint; sends and proves nothing, connects anew and waits up to the time-out.
 * Why: what a TLS port answers to plain AMQP is lost in the connection's end, which looks like any other.
 */
int crabbitmq_speaks_tls(const crabbitmq_endpoint_t *endpoint);

/*
 * Reads one frame that is there already, or returns AMQP_STATUS_TIMEOUT.
 * Why: the only read of librabbitmq that neither waits nor loses frames, and its time-out is a pointer; and the
 * library does not check that a content header is one of a message.
 */
int crabbitmq_next_frame(amqp_connection_state_t connection, amqp_frame_t *frame);

/*
 * Whether something waits in the library's own buffers, where poll(2) does not see it.
 * Why: two calls in C are one call from Swift on the path of every nap.
 */
int crabbitmq_has_buffered(amqp_connection_state_t connection);

/*
 * Encodes properties into a scratch buffer; returns their size or a negative status.
 * Why: amqp_basic_publish meets an encoding error only after the method frame is out, which ruins the connection.
 */
int crabbitmq_encoded_size(const amqp_basic_properties_t *properties, void *scratch, size_t scratch_size);

/*
 * Holds back partial segments, or lets them go.
 * Why: librabbitmq sends three times per message, and leaves the last frame of some messages in the kernel for 200 ms.
 */
void crabbitmq_cork(int descriptor, int corked);

/*
 * Makes the socket's send buffer at least this large if the system allows; returns what it is.
 * Why: a publish must never find it full, since librabbitmq would block.
 */
int crabbitmq_reserve_send_buffer(int descriptor, int bytes);

#endif
