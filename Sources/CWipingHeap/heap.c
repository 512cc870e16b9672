// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

// What is freed is erased, whoever allocated it. Keys and passwords pass through copies that nobody owns: strings and arrays of
// Swift, decoders of OpenSSL, buffers of libcurl. Instead of chasing each, the program takes the place of the whole family of
// malloc(), as glibc allows ("Replacing malloc" in its manual), and hands everything on to glibc's own under the names it keeps
// for that. The whole family, so that another allocator which is loaded beside it never gets a block it did not make.

#define _GNU_SOURCE
#include "CWipingHeap.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#if (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)) \
    && !defined(CERTWAY_HEAP_UNDER_TEST)
// Sanitizers have a heap of their own that must see each call.
#else

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

/// glibc's own; unknown until the constructor has run, and there are no secrets before.
static size_t (*usable_size)(void *memory);

__attribute__((constructor(101))) static void find_usable_size(void) {
    void *library = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
    if (library != NULL) usable_size = (size_t (*)(void *))dlsym(library, "malloc_usable_size");
}

void *malloc(size_t size) { return __libc_malloc(size); }

void *calloc(size_t count, size_t size) { return __libc_calloc(count, size); }

void free(void *memory) {
    if (memory == NULL) return;
    if (usable_size != NULL) explicit_bzero(memory, usable_size(memory));
    __libc_free(memory);
}

void *realloc(void *memory, size_t size) {
    if (memory == NULL) return __libc_malloc(size);
    if (usable_size == NULL) return __libc_realloc(memory, size);
    if (size == 0) {
        free(memory);
        return NULL;
    }
    size_t room = usable_size(memory);
    // The block stays where it is unless most of it would be left over.
    if (size <= room && size >= room / 2) return memory;
    void *moved = __libc_malloc(size);
    if (moved == NULL) return NULL;
    memcpy(moved, memory, size < room ? size : room);
    free(memory);
    return moved;
}

void *memalign(size_t alignment, size_t size) { return __libc_memalign(alignment, size); }

void *aligned_alloc(size_t alignment, size_t size) { return __libc_memalign(alignment, size); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
    void *made = __libc_memalign(alignment, size);
    if (made == NULL) return ENOMEM;
    *memory = made;
    return 0;
}

void *valloc(size_t size) { return __libc_memalign((size_t)sysconf(_SC_PAGESIZE), size); }

void *pvalloc(size_t size) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return __libc_memalign(page, (size + page - 1) / page * page);
}

size_t malloc_usable_size(void *memory) {
    if (usable_size == NULL) find_usable_size();
    return memory == NULL || usable_size == NULL ? 0 : usable_size(memory);
}

#endif

void certway_allow_tracing(void) { prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0); }

int certway_forbid_dumps(void) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return errno;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno;
}
