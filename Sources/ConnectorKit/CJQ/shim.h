// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <jv.h>
#include <jq.h>

#include <malloc.h>
#include <stdint.h>
#include <ucontext.h>

// jq frees, compares and prints nested values by recursion, so a program that nests without end would overrun the
// caller's stack before any limit on time is reached. These run a function on a stack of its own.

static inline void certway_stack_entry(unsigned high, unsigned low) {
    void **call = (void **)(((uintptr_t)high << 32) | (uintptr_t)low);
    ((void (*)(void *))call[0])(call[1]);
}

static inline void certway_run_on_stack(void *stack, size_t size, void (*body)(void *), void *context) {
    ucontext_t here, there;
    void *call[2] = {(void *)body, context};
    getcontext(&there);
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = size;
    there.uc_link = &here;
    makecontext(&there, (void (*)(void))certway_stack_entry, 2, (unsigned)((uintptr_t)call >> 32),
                (unsigned)(uintptr_t)call);
    swapcontext(&here, &there);
}
