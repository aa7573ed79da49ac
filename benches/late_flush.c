/* A disk whose flushes take longer: each fsync and fdatasync returns FLUSH_US microseconds late.
 *
 *   cc -shared -fPIC -O2 -o target/late_flush.so benches/late_flush.c -ldl
 *   FLUSH_US=1000 LD_PRELOAD=$PWD/target/late_flush.so cargo bench --bench load -- post 5
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static int late(const char *name, int file) {
    int (*flush)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int done = flush(file);
    const char *text = getenv("FLUSH_US");
    long wait = text ? atol(text) : 0;
    struct timespec time = {wait / 1000000, wait % 1000000 * 1000};
    nanosleep(&time, NULL);
    return done;
}

int fsync(int file) { return late("fsync", file); }
int fdatasync(int file) { return late("fdatasync", file); }
