// Lets a connection of SQLite's write to its write-ahead log in few large pieces.
#ifndef CSQLITELOG_H
#define CSQLITELOG_H

struct sqlite3;

/// What a connection writes to its log while a transaction commits.
///
/// SQLite writes a frame's header and its page by calls of their own, and a batch has hundreds of frames: a quarter of
/// the time of a batch went into those calls. For one thread at a time.
typedef struct csqlitelog_gathering csqlitelog_gathering;

/// Makes one, for one connection after the other; NULL: there is no memory.
csqlitelog_gathering *csqlitelog_make(void);

void csqlitelog_free(csqlitelog_gathering *gathering);

/// From now on gathers what the connection writes to its log. To be called right before `COMMIT`.
///
/// What is gathered is in the file before the write of the frame that ends the transaction returns, and so before
/// SQLite syncs the log and tells anybody of it. Does nothing for a connection that has no log.
void csqlitelog_begin(csqlitelog_gathering *gathering, struct sqlite3 *connection);

/// The connection writes by itself again. To be called right after `COMMIT`, whether or not it succeeded, with the same
/// connection still open.
///
/// Frames of a transaction that did not come to its end are forgotten: SQLite has not told anybody of them.
void csqlitelog_end(csqlitelog_gathering *gathering);

#endif
