/* PostgreSQL's own client library, as it is. */
#include <libpq-fe.h>
