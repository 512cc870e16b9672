// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Refusals in Microsoft Graph's form (wire/graph-directory.md section 1).
enum GraphError {
    static func reply(
        _ status: Int, _ code: String, _ message: String, headers: [(name: String, value: String)] = []
    ) -> Reply {
        .json(
            [
                "error": [
                    "code": .string(code), "message": .string(message),
                    "innerError": [
                        "date": .string(String(Timestamp.utc(SandboxClock.world.now).dropLast())),
                        "request-id": .string(GUID.random()),
                    ],
                ]
            ], status: status, headers: headers)
    }

    static func badRequest(_ message: String) -> Reply { reply(400, "BadRequest", message) }

    static func notFound(_ id: String) -> Reply {
        reply(
            404, "Request_ResourceNotFound",
            "Resource '\(id)' does not exist or one of its queried reference-property objects are not present.")
    }

    static func denied() -> Reply {
        reply(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    }

    /// Of accounts that come from a directory on the premises.
    static func masteredOnPremises() -> Reply {
        badRequest(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently "
                + "undergoing migration.")
    }

    static func unsupportedQuery(_ message: String) -> Reply { reply(400, "Request_UnsupportedQuery", message) }

    static func expiredPageToken() -> Reply {
        reply(
            400, "Directory_ExpiredPageToken", "The specified page token value has expired and can no longer be used.")
    }
}
