// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <sqlite3.h>

#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/// statx(2), which Swift's own module of libc lacks: number and birth of a file tell it from a copy at the same place.
static inline int certway_file_birth(
    const char *path, unsigned long long *number, long long *seconds, unsigned *nanoseconds)
{
    struct statx facts = {0};
    int status = (int)syscall(SYS_statx, -100 /* AT_FDCWD */, path, 0, STATX_INO | STATX_BTIME, &facts);
    *number = facts.stx_ino;
    *seconds = facts.stx_btime.tv_sec;
    *nanoseconds = facts.stx_btime.tv_nsec;
    return status;
}
