// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CJQ

/// What libjq reports while it compiles.
final class JQMessages {
    private(set) var texts: [String] = []

    static let callback: jq_msg_cb = { context, message in
        defer { jv_free(message) }
        guard let context, jv_get_kind(message) == JV_KIND_STRING else { return }
        // `JQEngine.compile` passed the object and holds it until compiling is over.
        Unmanaged<JQMessages>.fromOpaque(context).takeUnretainedValue().texts.append(
            String(cString: jv_string_value(message)))
    }
}
