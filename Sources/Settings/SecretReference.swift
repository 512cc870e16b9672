// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Secrets

/// Where a secret lies: `env:NAME` or `file:/path`. Configuration holds references, never the secret itself.
public struct SecretReference: Sendable, Hashable, CustomStringConvertible {
    public enum Place: Sendable, Hashable {
        case environment(String)
        case file(String)
    }

    public let place: Place

    /// - Returns: nil for any other text, one with control characters among them: what is compared and what is opened would differ.
    ///   The caller reports what was found.
    public init?(_ text: String) {
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return nil }
        if text.hasPrefix("env:"), text.count > 4 {
            place = .environment(String(text.dropFirst(4)))
        } else if text.hasPrefix("file:"), text.count > 5 {
            place = .file(String(text.dropFirst(5)))
        } else {
            return nil
        }
    }

    /// Stands in for a reference that is reported as missing; never resolved.
    static let unset = SecretReference(place: .environment("unset"))

    private init(place: Place) { self.place = place }

    /// What a diagnostic says was expected.
    public static let expectation = "expected a reference: env:NAME or file:/path, without control characters"

    public var description: String {
        switch place {
        case .environment(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        }
    }

    /// The file it lies in; nil for a variable.
    public var path: String? { if case .file(let path) = place { path } else { nil } }

    /// Reads the secret now, so that a rotated one is seen.
    ///
    /// - Throws: `SettingsError` naming variable or file; the operator must act.
    public func resolve() throws(SettingsError) -> Secret {
        switch place {
        case .environment(let name):
            guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
                throw SettingsError("environment variable \(name) is not set; export it, or use file:/path")
            }
            return Secret(value)
        case .file(let path):
            let content = try SettingsFile(path: path).secret()
            let secret = Self.trimmed(content)
            guard !secret.isEmpty else { throw SettingsError("file \(path) is empty; put the secret into it") }
            return secret
        }
    }

    /// - Parameter keyPath: where the reference stands, for the error; an option as it is typed, such as `--password`.
    /// - Throws: as `resolve`, beginning with the key path.
    public func resolve(for keyPath: String) throws(SettingsError) -> Secret {
        do {
            return try resolve()
        } catch {
            throw SettingsError(
                "\(keyPath): \(error.message)", at: keyPath.hasPrefix("--") ? .commandLine : error.place)
        }
    }

    /// A file made by an editor ends in a line break that is no part of the secret.
    private static func trimmed(_ content: Secret) -> Secret {
        content.withBytes { bytes in
            let last = bytes.lastIndex { last in !(last == 0x0A || last == 0x0D) }
            return Secret(bytes[..<(last.map { $0 + 1 } ?? 0)])
        }
    }
}
