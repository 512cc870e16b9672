// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One key or secret of a vault, by its address: `https://VAULT/keys/NAME/VERSION` (wire/key-vault.md section 1).
public struct VaultAddress: Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        case key = "keys"
        case secret = "secrets"
    }

    public let kind: Kind
    /// Scheme, host and port.
    public let vault: String
    public let name: String
    /// Nil for whichever is current. A content key opens with the version it was encrypted for alone.
    public let version: String?

    /// - Returns: nil for any other text, the address of something of another kind among them.
    public init?(_ text: String, _ kind: Kind) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, let host = parts.host, !host.isEmpty,
            parts.query == nil, parts.fragment == nil, parts.user == nil, parts.password == nil
        else { return nil }
        let isLocal = ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host)
        guard scheme == "https" || (scheme == "http" && isLocal) else { return nil }
        let path = parts.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        let isName = { (name: String, most: Int) in
            !name.isEmpty && name.utf8.count <= most
                && name.utf8.allSatisfy {
                    Character(UnicodeScalar($0)).isLetter && $0 < 128 || (48...57).contains($0) || $0 == 45
                }
        }
        guard (2...3).contains(path.count), path[0] == kind.rawValue, isName(path[1], 127),
            path.count == 2 || isName(path[2], 64)
        else { return nil }
        vault = "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
        self.kind = kind
        name = path[1]
        version = path.count == 3 ? path[2] : nil
    }

    /// - Parameter reference: as a configuration names it, `keyvault:` before the address.
    /// - Returns: nil for any other text.
    public init?(reference: String, _ kind: Kind) {
        guard reference.hasPrefix(Self.scheme) else { return nil }
        self.init(String(reference.dropFirst(Self.scheme.count)), kind)
    }

    private static let scheme = "keyvault:"

    public var description: String { "\(vault)/\(kind.rawValue)/\(name)" + (version.map { "/\($0)" } ?? "") }
}
