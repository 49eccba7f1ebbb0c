// ppoll(2) is declared only with this.
#define _GNU_SOURCE

#include "CEventThread.h"

#include <sys/eventfd.h>
#include <time.h>

int ceventthread_bell(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int ceventthread_poll(struct pollfd *descriptors, nfds_t count, int64_t nanoseconds) {
    if (nanoseconds < 0) return ppoll(descriptors, count, NULL, NULL);
    struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    return ppoll(descriptors, count, &time, NULL);
}
