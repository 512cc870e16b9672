// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <zlib.h>

// A macro in zlib, because it passes the version and the size of the structure on.
static inline int certway_gzip_begin(z_stream *_Nonnull stream) {
    // 15 bits of window; 16 more mean a gzip head in place of zlib's.
    return deflateInit2(stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
}
