// What Linux can do and Swift's Glibc module does not show.
#ifndef CEVENTTHREAD_H
#define CEVENTTHREAD_H

#include <poll.h>
#include <stdint.h>

/// `eventfd(2)`, non-blocking and closed on exec; -1 with `errno` on failure.
int ceventthread_bell(void);

/// `ppoll(2)` with a time-out in nanoseconds; a negative one waits for ever. Returns as `ppoll` does.
int ceventthread_poll(struct pollfd *descriptors, nfds_t count, int64_t nanoseconds);

#endif
