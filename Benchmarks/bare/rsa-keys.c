// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0
//
// What OpenSSL alone reaches: RSA-2048 key pairs on THREADS threads, nothing else.
// Usage: rsa-keys THREADS COUNT      prints {"keys":…,"seconds":…} on standard output

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static atomic_long left;
static atomic_int failed;

static void *make_keys(void *unused) {
    (void)unused;
    while (atomic_fetch_sub(&left, 1) > 0) {
        EVP_PKEY *key = EVP_RSA_gen(2048);
        if (!key) atomic_store(&failed, 1);
        EVP_PKEY_free(key);
    }
    return NULL;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
    const long threads = argc == 3 ? atol(argv[1]) : 0;
    const long count = argc == 3 ? atol(argv[2]) : 0;
    if (threads < 1 || threads > 1024 || count < 1) {
        fputs("usage: rsa-keys THREADS COUNT\n", stderr);
        return 2;
    }
    pthread_t workers[1024];
    atomic_store(&left, count);
    const double start = now();
    for (long i = 0; i < threads; i++) {
        if (pthread_create(&workers[i], NULL, make_keys, NULL) != 0) {
            fputs("rsa-keys: cannot start a thread\n", stderr);
            return 1;
        }
    }
    for (long i = 0; i < threads; i++) pthread_join(workers[i], NULL);
    printf("{\"keys\":%ld,\"seconds\":%.6f}\n", count, now() - start);
    return atomic_load(&failed);
}
