#include "baseline.h"

#include <amqp_framing.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

enum { PREFETCH = 500, BATCH = 200 };

typedef struct {
  sqlite3 *database;
  sqlite3_stmt *begin;
  sqlite3_stmt *upsert;
  sqlite3_stmt *commit;
} store_t;

static void require_sqlite(int status, const char *what) {
  require(status == SQLITE_OK || status == SQLITE_DONE || status == SQLITE_ROW, what);
}

static store_t open_store(const char *file) {
  store_t store;
  require_sqlite(sqlite3_open(file, &store.database), "opening the database");
  require_sqlite(sqlite3_exec(store.database,
                              "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                              "CREATE TABLE IF NOT EXISTS records (subject TEXT PRIMARY KEY, version TEXT NOT NULL,"
                              " data TEXT NOT NULL) WITHOUT ROWID;",
                              NULL, NULL, NULL),
                 "making the table");
  require_sqlite(sqlite3_prepare_v2(store.database, "BEGIN IMMEDIATE", -1, &store.begin, NULL), "preparing");
  require_sqlite(sqlite3_prepare_v2(store.database, "COMMIT", -1, &store.commit, NULL), "preparing");
  require_sqlite(
      sqlite3_prepare_v2(store.database,
                         "INSERT INTO records (subject, version, data) SELECT ?1, ?2, ?3 WHERE json_valid(?3)"
                         " ON CONFLICT (subject) DO UPDATE SET version = excluded.version, data = excluded.data"
                         " WHERE excluded.version > version",
                         -1, &store.upsert, NULL),
      "preparing");
  return store;
}

static void run(sqlite3_stmt *statement) {
  require_sqlite(sqlite3_step(statement), "a statement");
  sqlite3_reset(statement);
}

/* The text of a header, empty where it is missing. */
static amqp_bytes_t header(const amqp_basic_properties_t *properties, const char *name) {
  if (properties->_flags & AMQP_BASIC_HEADERS_FLAG) {
    for (int index = 0; index < properties->headers.num_entries; index++) {
      const amqp_table_entry_t *entry = &properties->headers.entries[index];
      if (entry->key.len == strlen(name) && memcmp(entry->key.bytes, name, entry->key.len) == 0) {
        return entry->value.value.bytes;
      }
    }
  }
  return amqp_empty_bytes;
}

static void bind_text(sqlite3_stmt *statement, int position, amqp_bytes_t text) {
  require_sqlite(sqlite3_bind_text(statement, position, text.bytes, (int)text.len, SQLITE_STATIC), "binding");
}

static void merge(store_t *store, const amqp_message_t *message) {
  bind_text(store->upsert, 1, header(&message->properties, "cloudEvents_subject"));
  bind_text(store->upsert, 2, header(&message->properties, "cloudEvents_recordversion"));
  bind_text(store->upsert, 3, message->body);
  run(store->upsert);
}

void work_as_office(const options_t *options) {
  amqp_connection_state_t connection = connect_to(options->url);
  store_t store = open_store(options->file);
  moment_t start = moment();
  consume_from(connection, 1, options->queue, PREFETCH);

  for (long taken = 1; taken <= options->count; taken++) {
    amqp_envelope_t envelope;
    if (taken % BATCH == 1) run(store.begin);
    next_message(connection, &envelope);
    merge(&store, &envelope.message);
    if (taken % BATCH == 0 || taken == options->count) {
      run(store.commit);
      require(amqp_basic_ack(connection, 1, envelope.delivery_tag, 1) == AMQP_STATUS_OK, "acknowledging");
    }
    amqp_destroy_envelope(&envelope);
  }
  report("office", options->count, start);
}

/* When an event was published: the last 20 characters of its id, in nanoseconds. */
static int64_t published(const amqp_message_t *message) {
  char digits[21] = {0};
  amqp_bytes_t id = message->properties.message_id;
  require(id.len >= 20, "finding the time in an id");
  memcpy(digits, (const char *)id.bytes + id.len - 20, 20);
  return strtoll(digits, NULL, 10);
}

/* Takes what is there into one transaction: at a low rate that is mostly one event. */
void follow_as_office(const options_t *options) {
  amqp_connection_state_t connection = connect_to(options->url);
  store_t store = open_store(options->file);
  int64_t *latencies = calloc((size_t)options->count, sizeof *latencies);
  int64_t begun[BATCH];
  moment_t start = moment();
  long taken = 0;
  consume_from(connection, 1, options->queue, PREFETCH);

  while (taken < options->count) {
    static const struct timeval now = {0, 0};
    amqp_envelope_t envelope;
    uint64_t last = 0;
    int batch = 0;
    next_message(connection, &envelope);
    run(store.begin);
    do {
      begun[batch++] = published(&envelope.message);
      last = envelope.delivery_tag;
      merge(&store, &envelope.message);
      amqp_destroy_envelope(&envelope);
      amqp_maybe_release_buffers(connection);
    } while (batch < BATCH && taken + batch < options->count &&
             amqp_consume_message(connection, &envelope, &now, 0).reply_type == AMQP_RESPONSE_NORMAL);
    run(store.commit);
    int64_t committed = nanoseconds();
    for (int index = 0; index < batch; index++) latencies[taken++] = committed - begun[index];
    require(amqp_basic_ack(connection, 1, last, 1) == AMQP_STATUS_OK, "acknowledging");
  }
  report_latencies("follow", latencies, options->count, start);
}
