// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// CA certificates above one that came back which nobody has confirmed.
public struct NewIssuers: Sendable {
    /// Which, and the next step.
    public let sentence: String
    /// Whether the certificate waits for the confirmation.
    public let isHeld: Bool

    public init(sentence: String, isHeld: Bool) {
        self.sentence = sentence
        self.isHeld = isHeld
    }
}
