// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Why a list is not given as a file.
extension APIProblem {
    static func noExport(_ id: String) -> APIProblem {
        APIProblem(
            404, .notFound, "There is nothing at this address.",
            "no file that you have asked for within the last hour has the id \(id.prefix(60))",
            nextStep: "Ask for the list as a file again.")
    }

    static let tooManyExports = APIProblem(
        503, .busy, "The gateway is busy with others.", "as many lists are being fetched as may be at once",
        actor: "nobody", nextStep: "Try again in a minute.", retryAfter: 60)

    static let brokenQuery = APIProblem.invalid([APIFault("/query", "has escapes that stand for no text")], 422)
}
