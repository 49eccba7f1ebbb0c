/* PostgreSQL's own client library, as it is. */
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else /* Debian's place */
#include <postgresql/libpq-fe.h>
#endif
