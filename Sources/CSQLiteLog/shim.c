#include "CSQLiteLog.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum {
  // Below 128 KiB: SQLite's own files write no more than that at a time.
  CAPACITY = 127 << 10,
  // https://sqlite.org/fileformat2.html#the_write_ahead_log
  FRAME_HEADER = 24,
};

struct csqlitelog_gathering {
  // First: the methods that a file is called by lead to what was gathered for it.
  sqlite3_io_methods methods;
  // The log while its methods are ours, and its own ones.
  sqlite3_file *file;
  const sqlite3_io_methods *own;
  // Whether the last write was the header of a frame that others follow, or of the one that ends the transaction.
  enum { NO_HEADER, HEADER, LAST_HEADER } state;
  sqlite3_int64 start;
  int count;
  unsigned char bytes[CAPACITY];
};

static csqlitelog_gathering *gathering_of(sqlite3_file *file) { return (csqlitelog_gathering *)file->pMethods; }

static int write_out(csqlitelog_gathering *gathering) {
  int count = gathering->count;
  gathering->count = 0;
  if (count == 0) return SQLITE_OK;
  return gathering->own->xWrite(gathering->file, gathering->bytes, count, gathering->start);
}

static int gather(csqlitelog_gathering *gathering, const void *bytes, int count, sqlite3_int64 offset) {
  if (offset != gathering->start + gathering->count || count > CAPACITY - gathering->count) {
    int status = write_out(gathering);
    if (status != SQLITE_OK) return status;
  }
  if (count > CAPACITY) return gathering->own->xWrite(gathering->file, bytes, count, offset);
  if (gathering->count == 0) gathering->start = offset;
  memcpy(gathering->bytes + gathering->count, bytes, (size_t)count);
  gathering->count += count;
  return SQLITE_OK;
}

static int log_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
  csqlitelog_gathering *gathering = gathering_of(file);
  int status = gather(gathering, bytes, count, offset);
  if (status != SQLITE_OK) return status;
  int before = gathering->state;
  gathering->state = NO_HEADER;
  if (before == NO_HEADER && count == FRAME_HEADER) {
    // The size of the database after the transaction, in the frame that ends it only.
    static const unsigned char none[4];
    gathering->state = memcmp((const unsigned char *)bytes + 4, none, 4) == 0 ? HEADER : LAST_HEADER;
    return SQLITE_OK;
  }
  // What is no page after a header, the log's own header or the rest of something, waits for nothing.
  return before == HEADER ? SQLITE_OK : write_out(gathering);
}

static int log_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
  csqlitelog_gathering *gathering = gathering_of(file);
  int status = write_out(gathering);
  return status != SQLITE_OK ? status : gathering->own->xRead(file, bytes, count, offset);
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size) {
  csqlitelog_gathering *gathering = gathering_of(file);
  int status = write_out(gathering);
  return status != SQLITE_OK ? status : gathering->own->xTruncate(file, size);
}

static int log_sync(sqlite3_file *file, int flags) {
  csqlitelog_gathering *gathering = gathering_of(file);
  int status = write_out(gathering);
  return status != SQLITE_OK ? status : gathering->own->xSync(file, flags);
}

static int log_file_size(sqlite3_file *file, sqlite3_int64 *size) {
  csqlitelog_gathering *gathering = gathering_of(file);
  int status = write_out(gathering);
  return status != SQLITE_OK ? status : gathering->own->xFileSize(file, size);
}

csqlitelog_gathering *csqlitelog_make(void) {
  csqlitelog_gathering *gathering = malloc(sizeof *gathering);
  if (gathering) gathering->file = NULL;
  return gathering;
}

void csqlitelog_free(csqlitelog_gathering *gathering) { free(gathering); }

void csqlitelog_begin(csqlitelog_gathering *gathering, struct sqlite3 *connection) {
  sqlite3_file *file = NULL;
  if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) != SQLITE_OK) return;
  if (!file || !file->pMethods) return;
  gathering->file = file;
  gathering->own = file->pMethods;
  gathering->methods = *file->pMethods;
  gathering->methods.xWrite = log_write;
  gathering->methods.xRead = log_read;
  gathering->methods.xTruncate = log_truncate;
  gathering->methods.xSync = log_sync;
  gathering->methods.xFileSize = log_file_size;
  gathering->state = NO_HEADER;
  gathering->count = 0;
  file->pMethods = &gathering->methods;
}

void csqlitelog_end(csqlitelog_gathering *gathering) {
  if (!gathering->file) return;
  gathering->file->pMethods = gathering->own;
  gathering->file = NULL;
}
