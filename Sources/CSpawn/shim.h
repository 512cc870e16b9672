// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <spawn.h>

/// glibc 2.34 has it, but its header hides it from programs that are not compiled with _GNU_SOURCE, as Swift's are not.
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *_Nonnull actions, int from);
