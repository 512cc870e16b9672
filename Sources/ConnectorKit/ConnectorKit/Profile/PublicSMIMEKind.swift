// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// Which of the twelve kinds of publicly trusted S/MIME certificates a product is (CA/Browser Forum S/MIME BR 7.1.6.1). What a CA may
/// certify, and so what the gateway may order, follows from it.
public struct PublicSMIMEKind: Sendable, Hashable {
    /// Whom the subject names.
    public enum Subject: String, Sendable, Hashable, CaseIterable {
        case mailbox, organization, sponsor, individual
    }

    /// How freely keys and names may be used.
    public enum Generation: String, Sendable, Hashable, CaseIterable {
        case legacy, multipurpose, strict
    }

    public let subject: Subject
    /// nil where the profile does not say.
    public let generation: Generation?
    /// Key of the setting whose value is the generation, where the account chooses it.
    public let generationSetting: String?

    public init(subject: Subject, generation: Generation? = nil, generationSetting: String? = nil) {
        self.subject = subject
        self.generation = generation
        self.generationSetting = generationSetting
    }

    /// From words such as `mailbox-strict`, or `mailbox` alone; nil for anything else.
    public init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let subject = parts.first.flatMap(Subject.init(rawValue:)) else { return nil }
        self.init(subject: subject, generation: parts.count == 2 ? Generation(rawValue: parts[1]) : nil)
        if parts.count == 2, generation == nil { return nil }
    }

    /// The generation under these settings of a backend CA, defaults filled in.
    public func generation(_ settings: [String: JSONValue]) -> Generation? {
        generationSetting.flatMap { settings[$0]?.string }.flatMap(Generation.init(rawValue:)) ?? generation
    }

    /// Every spelling that `init(text:)` takes, for messages.
    public static var words: [String] {
        Subject.allCases.flatMap { subject in
            [subject.rawValue] + Generation.allCases.map { "\(subject.rawValue)-\($0.rawValue)" }
        }
    }
}
