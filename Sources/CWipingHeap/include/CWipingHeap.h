// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

#pragma once

/// Keeps other processes and core dumps from reading this process's memory: not dumpable (prctl(2)), core files of no bytes.
/// Returns 0, or the error number.
int certway_forbid_dumps(void);

/// Lets any process of the same user look into this one, as a debugger does.
void certway_allow_tracing(void);
