// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The words by which pages are understood where links and numbers do not tell, of all languages of a profile together.
struct PagePhrases: Sendable {
    /// Says that a request waits, on the page that answers a submission.
    var pending: [String] = []
    /// Stands before the number of the request.
    var requestID: [String] = []
    /// Stands before the quoted disposition message of a denied request.
    var disposition: [String] = []
    /// Disposition message of a request that waits.
    var submitted: [String] = []
    /// Begins the disposition message of a denied request.
    var denied: [String] = []

    static let keys: [(name: String, help: String)] = [
        ("pending", "What the answer to a submission says when the request waits for an officer."),
        ("requestID", "What stands before the number of the request."),
        ("disposition", "What stands before the quoted disposition message of a denied request."),
        ("submitted", "Disposition message of a request that waits."),
        ("denied", "What the disposition message of a denied request begins with."),
    ]

    /// Adds the words of one language.
    mutating func add(_ words: (String) -> String) {
        pending.append(words("pending"))
        requestID.append(words("requestID"))
        disposition.append(words("disposition"))
        submitted.append(words("submitted"))
        denied.append(words("denied"))
    }
}
