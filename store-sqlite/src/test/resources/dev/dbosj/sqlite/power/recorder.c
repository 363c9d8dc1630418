/* Recorded in order: what is written to the database, its log, and the list of what was acknowledged, and every sync. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int record = -1;

static int ends_with(const char *path, const char *end) {
    size_t n = strlen(path), m = strlen(end);
    return n >= m && strcmp(path + n - m, end) == 0;
}

/* 'd' for the database, 'w' for its log, 'a' for acknowledgements, 0 for all else. */
static char file_of(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return ends_with(path, ".db") ? 'd' : ends_with(path, ".db-wal") ? 'w' : ends_with(path, ".acknowledged") ? 'a' : 0;
}

static void put(const void *bytes, size_t size) {
    for (size_t done = 0; done < size; ) {
        ssize_t n = write(record, (const char *) bytes + done, size - done);
        if (n <= 0) abort();
        done += n;
    }
}

static void note(char what, char file, uint64_t offset, const void *bytes, uint64_t size) {
    pthread_mutex_lock(&lock);
    if (record < 0) record = open(getenv("POWER_RECORD"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    uint64_t numbers[2] = {offset, bytes == NULL ? 0 : size};
    put(&what, 1);
    put(&file, 1);
    put(numbers, sizeof numbers);
    if (bytes != NULL) put(bytes, size);
    pthread_mutex_unlock(&lock);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (real == NULL) real = dlsym(RTLD_NEXT, "pwrite64");
    char file = file_of(fd);
    ssize_t written = real(fd, bytes, size, offset);
    if (file && written > 0) note('w', file, offset, bytes, written);
    return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) {
    return pwrite64(fd, bytes, size, offset);
}

static int synced(const char *name, int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, name);
    char file = file_of(fd);
    int result = real(fd);
    if (file && result == 0) note('s', file, 0, NULL, 0);
    return result;
}

int fsync(int fd) {
    return synced("fsync", fd);
}

int fdatasync(int fd) {
    return synced("fdatasync", fd);
}

int ftruncate64(int fd, off64_t size) {
    static int (*real)(int, off64_t);
    if (real == NULL) real = dlsym(RTLD_NEXT, "ftruncate64");
    char file = file_of(fd);
    int result = real(fd, size);
    if (file && result == 0) note('t', file, size, NULL, 0);
    return result;
}

int ftruncate(int fd, off_t size) {
    return ftruncate64(fd, size);
}
