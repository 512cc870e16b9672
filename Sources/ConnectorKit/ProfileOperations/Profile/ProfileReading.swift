// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import Expressions
public import YAMLDocuments

/// What the readers of a profile's sections share.
public struct ProfileReading {
    public let profile: ConnectorProfile
    /// Takes in every program of the profile; the engine compiles it.
    public let library: ExpressionLibrary
    public let collector: DiagnosticCollector
    let keys: [ProfileKey]

    /// The methods a request may have (RFC 9110 §9).
    public static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]

    /// A top-level section; nil when the profile has none.
    public func section(_ key: String) -> MappingReader? {
        profile.sections[key].map { MappingReader($0, path: key, collector: collector) }
    }

    /// Notes the keys of a mapping that are not described.
    ///
    /// - Parameter path: as in the descriptions, such as `operations.*.request`.
    public func finish(_ reader: MappingReader, _ path: String) { reader.finish(known: keys.names(in: path)) }

    /// The keys of the secret settings, for values that name one.
    public var secretSettings: [String] { profile.settings.filter { $0.type == .secret }.map(\.key) }

    func describes(_ path: String) -> Bool { keys.contains { $0.path == path } }
    func requires(_ path: String) -> Bool { keys.contains { $0.path == path && $0.isRequired } }
}
