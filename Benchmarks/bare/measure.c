// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0
//
// Runs a command and says what it cost: time, processor time, largest resident memory. Its own program because a child
// starts out with the memory of whoever forks it, and a large parent would be measured instead.
// Usage: measure FILE COMMAND…       writes {"seconds":…,"cpuSeconds":…,"peakBytes":…,"status":…} to FILE

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double seconds(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec * 1e-6; }

int main(int argc, char **argv) {
    if (argc < 3) {
        fputs("usage: measure FILE COMMAND...\n", stderr);
        return 2;
    }
    const double start = now();
    const pid_t child = fork();
    if (child < 0) {
        perror("measure: fork");
        return 1;
    }
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    int status = 0;
    struct rusage usage;
    if (wait4(child, &status, 0, &usage) < 0) {
        perror("measure: wait4");
        return 1;
    }
    const double elapsed = now() - start;
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    FILE *file = fopen(argv[1], "w");
    if (!file) {
        perror(argv[1]);
        return 1;
    }
    // ru_maxrss counts in units of 1024 bytes (getrusage(2)).
    fprintf(file, "{\"seconds\":%.6f,\"cpuSeconds\":%.6f,\"peakBytes\":%ld,\"status\":%d}\n", elapsed,
            seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss * 1024, code);
    return fclose(file) == 0 ? code : 1;
}
