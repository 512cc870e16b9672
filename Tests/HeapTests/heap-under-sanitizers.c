// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

// The wiping heap under the sanitizers, which otherwise take its place: its functions get other names, and what is below it is
// the sanitizer's heap. Many threads allocate, grow, shrink, hand over and free; what is freed must have been erased, what is
// kept must stay as it was. A wrong access ends the program.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what) {
    fprintf(stderr, "heap: %s\n", what);
    abort();
}

// What is below.
void *base_malloc(size_t size) { return malloc(size); }
void *base_calloc(size_t count, size_t size) { return calloc(count, size); }
void *base_realloc(void *memory, size_t size) { return realloc(memory, size); }
void *base_memalign(size_t alignment, size_t size) { return memalign(alignment, size); }
static size_t base_usable_size(void *memory) { return malloc_usable_size(memory); }
void *base_dlsym(void *library, const char *name) {
    (void)library;
    return strcmp(name, "malloc_usable_size") == 0 ? (void *)base_usable_size : NULL;
}
void base_free(void *memory) {
    const unsigned char *bytes = memory;
    for (size_t i = 0; memory != NULL && i < malloc_usable_size(memory); i++)
        if (bytes[i] != 0) fail("a block is given back with what was in it");
    free(memory);
}

#define malloc wiping_malloc
#define calloc wiping_calloc
#define realloc wiping_realloc
#define free wiping_free
#define memalign wiping_memalign
#define aligned_alloc wiping_aligned_alloc
#define posix_memalign wiping_posix_memalign
#define valloc wiping_valloc
#define pvalloc wiping_pvalloc
#define malloc_usable_size wiping_usable_size
#define dlsym base_dlsym
#define __libc_malloc base_malloc
#define __libc_calloc base_calloc
#define __libc_realloc base_realloc
#define __libc_memalign base_memalign
#define __libc_free base_free
#define CERTWAY_HEAP_UNDER_TEST
#include "heap.c"

enum { threads = 8, rounds = 20000, slots = 64 };

// Blocks go from thread to thread: who frees is seldom who has allocated.
static struct {
    pthread_mutex_t lock;
    unsigned char *memory;
    size_t size;
    unsigned char mark;
} shared[slots];

static uint32_t next(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void require_marked(const unsigned char *memory, size_t size, unsigned char mark) {
    for (size_t i = 0; i < size; i++)
        if (memory[i] != mark) fail("a block has changed");
}

static void *allocate(uint32_t choice, size_t size) {
    void *memory = NULL;
    switch (choice % 7) {
    case 0: return malloc(size);
    case 1:
        memory = calloc(size, 1);
        require_marked(memory, size, 0);
        return memory;
    case 2: return realloc(NULL, size);
    case 3:
        if (posix_memalign(&memory, 64, size) != 0) fail("no aligned block");
        if ((uintptr_t)memory % 64 != 0) fail("a block is not aligned");
        return memory;
    case 4: return aligned_alloc(32, size);
    case 5: return memalign(128, size);
    default: return valloc(size);
    }
}

static void *work(void *argument) {
    uint32_t state = (uint32_t)(uintptr_t)argument * 2654435761u + 1;
    for (int round = 0; round < rounds; round++) {
        uint32_t choice = next(&state);
        size_t size = next(&state) % (choice % 50 == 0 ? 100000 : 700) + 1;
        typeof(shared[0]) *slot = &shared[choice / 7 % slots];
        pthread_mutex_lock(&slot->lock);
        if (slot->memory == NULL) {
            slot->memory = allocate(choice, size);
        } else {
            require_marked(slot->memory, slot->size, slot->mark);
            if (choice % 3 == 0) {
                free(slot->memory);
                slot->memory = NULL;
            } else if (choice % 31 == 1) {
                if (realloc(slot->memory, 0) != NULL) fail("a block of no size");
                slot->memory = NULL;
            } else {
                slot->memory = realloc(slot->memory, size);
                require_marked(slot->memory, size < slot->size ? size : slot->size, slot->mark);
            }
        }
        if (slot->memory != NULL) {
            if (malloc_usable_size(slot->memory) < size) fail("a block is smaller than asked for");
            slot->size = size;
            slot->mark = (unsigned char)(choice | 1);
            memset(slot->memory, slot->mark, size);
        }
        pthread_mutex_unlock(&slot->lock);
    }
    return NULL;
}

int main(void) {
    pthread_t running[threads];
    for (int i = 0; i < slots; i++) pthread_mutex_init(&shared[i].lock, NULL);
    for (uintptr_t i = 0; i < threads; i++)
        if (pthread_create(&running[i], NULL, work, (void *)(i + 1)) != 0) fail("no thread");
    for (int i = 0; i < threads; i++) pthread_join(running[i], NULL);
    for (int i = 0; i < slots; i++) free(shared[i].memory);
    void *memory = NULL;
    if (posix_memalign(&memory, 4, 8) != EINVAL || posix_memalign(&memory, 24, 8) != EINVAL) fail("a wrong alignment is taken");
    free(NULL);
    if (malloc_usable_size(NULL) != 0) fail("nothing has a size");
    void *page = pvalloc(1);
    if ((uintptr_t)page % (size_t)sysconf(_SC_PAGESIZE) != 0) fail("a page is not aligned");
    free(page);
    puts("heap: nothing found");
    return 0;
}
