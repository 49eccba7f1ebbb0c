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

/* A connection's bytes, which are read and written without librabbitmq once it is logged in. */
typedef struct {
  int descriptor;
  /* OpenSSL's connection (SSL *), which belongs to librabbitmq's; NULL where the bytes go by TCP alone. */
  void *tls;
  /* What the call before this one waits for where it is not what its name says: TLS may have to answer first. */
  int read_waits_for_room;
  int write_waits_for_bytes;
} crabbitmq_stream_t;

/*
 * Makes the socket and connects it; fills in the stream, which lives as long as the connection.
 * Why: which TLS option failed must be known for a useful error, and the option functions differ by socket. An expired
 * certificate and an unknown authority have one status in librabbitmq; OpenSSL tells them apart.
 */
crabbitmq_result_t crabbitmq_open(amqp_connection_state_t connection, const crabbitmq_endpoint_t *endpoint,
                                  crabbitmq_stream_t *stream);

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
 * Takes what the library has read behind the end of the login: a frame, or AMQP_STATUS_TIMEOUT where nothing is left.
 * Waits up to the time-out for the rest of one that has begun.
 * Why: its buffers are its own, and a broker with an alarm says so at once.
 */
int crabbitmq_read_behind_login(amqp_connection_state_t connection, amqp_frame_t *frame, int timeout_milliseconds);

/*
 * Reads what is there without waiting: how many bytes, 0 where there are none yet, a librabbitmq status below 0 where
 * there will be none.
 * Why: the library reads frame by frame, copies each, and waits for a whole one; its sending blocks for ever where the
 * peer does not read, and takes three system calls for a message.
 */
long crabbitmq_read(crabbitmq_stream_t *stream, void *buffer, size_t size);

/* Writes what finds room without waiting; answers like crabbitmq_read. Never raises SIGPIPE. */
long crabbitmq_write(crabbitmq_stream_t *stream, const void *bytes, size_t count);

/*
 * Whether OpenSSL has read bytes ahead, which poll(2) does not see.
 * Why: SSL_has_pending is all there is to ask, and the stream keeps the SSL.
 */
int crabbitmq_has_pending(const crabbitmq_stream_t *stream);

#endif
