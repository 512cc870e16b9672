// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing

extension APIServer {
    /// Holds a change to the version that its caller has seen.
    ///
    /// - Returns: that version; nil where any will do.
    /// - Throws: `APIProblem` 428 without one, 412 with the present one.
    func requireVersion(_ call: APICall) async throws -> String? {
        guard let version = call.operation.version, !call.operation.method.isSafe else { return nil }
        guard let header = call.request.header("If-Match") else {
            throw APIProblem(
                428, "versionMissing", "The request must say which version it changes.",
                "the header If-Match is missing", nextStep: "Read the object, and send its ETag as If-Match.",
                errors: [APIFault("If-Match", "is missing")])
        }
        let present = try await version(call)
        let seen = Self.versions(header)
        if seen == ["*"] { return nil }
        guard seen.contains(present) else { throw APIProblem.changed(present) }
        return present
    }
}
