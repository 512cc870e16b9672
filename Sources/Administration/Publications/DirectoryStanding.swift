// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
public import Publication
public import Settings

/// A directory, with how many certificates stand there in which state.
public struct DirectoryStanding: Sendable {
    public let name: String
    /// Nil for one that is not configured any more, and in which certificates may still be found.
    public let kind: CertificateDirectoryConfiguration.Kind?
    /// Templates whose certificates are to be found there.
    public let templates: [String]
    public let counts: [PublicationRecord.State: Int]

    /// As programs see it.
    public var json: JSONValue {
        let states = PublicationRecord.State.allCases.map { ($0.rawValue, JSONValue(counts[$0] ?? 0)) }
        return [
            "name": .string(name), "kind": JSONValue(kind?.rawValue), "templates": JSONValue(templates),
            "counts": .object(Dictionary(states, uniquingKeysWith: { $1 })),
        ]
    }
}
