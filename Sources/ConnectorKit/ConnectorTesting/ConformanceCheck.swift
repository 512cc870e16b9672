// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit

/// One fact about a connector, and how to find out whether it holds.
public struct ConformanceCheck: Sendable {
    /// Stable and dotted, such as `find.lost-answer`; what `--only` matches.
    public let id: String
    public let title: String
    /// What a pass proves, in one sentence.
    public let fact: String
    /// Not claimed when the backend CA lacks it.
    public let ability: ConnectorAbility?
    /// Whether a pass shows the ability at work. Refusing what must be refused is no such proof.
    public let provesAbility: Bool
    /// How many orders it places at most, besides the first certificate that many checks share.
    public let orders: Int
    /// Whether it looks at the first certificate.
    public let needsFirstCertificate: Bool
    /// Whether it works without the CA.
    let isOffline: Bool
    let run: @Sendable (CheckRun) async throws -> Void

    init(
        _ id: String, _ title: String, proves fact: String, ability: ConnectorAbility? = nil,
        provesAbility: Bool = true, orders: Int = 0, needsFirstCertificate: Bool = false, isOffline: Bool = false,
        run: @escaping @Sendable (CheckRun) async throws -> Void
    ) {
        self.id = id
        self.title = title
        self.fact = fact
        self.ability = ability
        self.provesAbility = ability != nil && provesAbility
        self.orders = orders
        self.needsFirstCertificate = needsFirstCertificate
        self.isOffline = isOffline
        self.run = run
    }

    /// Whether a word of `--only` means this check: the id, its beginning up to a dot, or a pattern with `*`.
    public func matches(_ pattern: String) -> Bool {
        if id == pattern || id.hasPrefix(pattern + ".") { return true }
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts.first, let last = parts.last, id.hasPrefix(first) else { return false }
        var rest = id.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
