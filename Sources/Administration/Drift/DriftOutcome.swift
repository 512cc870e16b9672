// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Drift
public import JSONDocuments

/// What became of one difference.
public struct DriftOutcome: Sendable {
    public enum Word: String, Sendable, CaseIterable {
        /// A dry run: it would be.
        case would
        /// It is as it should be.
        case mended
        /// It is asked for; the service, or the next single pass, does it.
        case asked
        /// Nothing was done, and the sentence says why, or what a person must do.
        case left
        /// Nothing is to be done: its time has not come, or the template's rules let it be.
        case waits
    }

    public let finding: DriftFinding
    public let word: Word
    /// One sentence.
    public let sentence: String

    init(_ finding: DriftFinding, _ word: Word, _ sentence: String) {
        (self.finding, self.word, self.sentence) = (finding, word, sentence)
    }

    public var json: JSONValue {
        var json = finding.json
        json["outcome"] = .string(word.rawValue)
        json["said"] = .string(sentence)
        return json
    }
}
