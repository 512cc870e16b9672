// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Drift

/// What is to be compared, or mended.
public struct DriftWish: Sendable {
    /// Only these; all when empty.
    public var sources: Set<DriftSource>
    /// Only these; all when empty.
    public var kinds: Set<DriftKind>
    /// Only these findings, by their ids; all when empty.
    public var ids: Set<String>

    public init(sources: Set<DriftSource> = [], kinds: Set<DriftKind> = [], ids: Set<String> = []) {
        (self.sources, self.kinds, self.ids) = (sources, kinds, ids)
    }

    /// What has to be read for it.
    var read: Set<DriftSource> {
        let ofKinds = Set(kinds.map { DriftRule.of($0).source })
        let wanted = sources.isEmpty ? Set(DriftSource.allCases) : sources
        return kinds.isEmpty ? wanted : wanted.intersection(ofKinds)
    }

    func means(_ finding: DriftFinding) -> Bool {
        (kinds.isEmpty || kinds.contains(finding.kind)) && (ids.isEmpty || ids.contains(finding.id))
    }
}
