// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import YAMLDocuments

/// The format of a CA's messages, such as JSON or SOAP: all that a connector module with operations as data brings of
/// its own. Requests, login, outcomes, errors, paging and search are the engine's, and the same for every format.
public protocol MessageFormat: Sendable {
    /// The keys only this format has: its own section, and keys below `login`, `operations.*.request` and
    /// `operations.*`. A key of a request that is not described here or by the engine does not exist.
    static var profileKeys: [ProfileKey] { get }

    /// What a new profile shows under `settings`, `login`, `prepare`, `operations` and `errors`, as YAML; they fit together.
    static var examples: [String: String] { get }

    /// The members of an answer that programs see beside `.status` and `.headers`, in words; each stands in back quotes with its dot,
    /// and programs that read answers see no others.
    static var answerMembers: String { get }

    /// The members that only programs of this format's requests see.
    static var requestMembers: [String] { get }

    /// Reads the format's own section and its keys below `login`; notes what is wrong with them.
    init(_ reading: ProfileReading)

    /// Reads what a profile says about the messages of one operation, and notes what is wrong with it.
    ///
    /// - Parameters:
    ///   - request: the mapping `request`; the engine tells which of its keys are unknown.
    ///   - operation: the operation's own mapping; nil for a login call.
    func message(_ request: MappingReader, of operation: MappingReader?) -> any MessageTemplate
}

extension MessageFormat {
    /// Most formats add none.
    public static var requestMembers: [String] { [] }
}
