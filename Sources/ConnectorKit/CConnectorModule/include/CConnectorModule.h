// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

#pragma once

// The text every connector module carries in its read-only data, and the host reads from the file before it opens it.
// Swift has no stable binary interface on Linux, so only a module made by the very same compiler for the very same
// connector interface may be opened. A C header is the place for it because a static inline function is compiled
// into each client: the values are those of the module's build, never those of the library it later meets.

/// Raised by one, with Scripts/interface --raise, whenever a declaration changes that lays out ConnectorKit.
#ifndef CERTWAY_CONNECTOR_INTERFACE_VERSION
#define CERTWAY_CONNECTOR_INTERFACE_VERSION 30
#endif

#define CERTWAY_TEXT_(value) #value
#define CERTWAY_TEXT(value) CERTWAY_TEXT_(value)

/// `certway-connector-module;interface=N;compiler=…;` as compiled into the caller.
static inline const char *_Nonnull certway_module_marker(void) {
    return "certway-connector-module;interface=" CERTWAY_TEXT(CERTWAY_CONNECTOR_INTERFACE_VERSION) ";compiler=" __VERSION__ ";";
}
