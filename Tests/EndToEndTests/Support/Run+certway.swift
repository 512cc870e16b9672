// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import TestSupport

extension Run {
    /// The built `certway`.
    static func certway(
        _ arguments: [String], environment: [String: String] = [:], killAfter: Double? = nil, timeLimit: Double = 300
    ) async throws -> Run {
        try await program(
            BuiltPrograms.path("certway"), arguments, environment: environment, killAfter: killAfter,
            timeLimit: timeLimit)
    }
}
