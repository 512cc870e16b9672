// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments
public import Records

/// What came of a look at the whole audit trail.
public struct AuditVerification: Sendable {
    /// Records that were looked at.
    public let count: Int64
    /// The last of them.
    public let last: AuditMark?
    /// What the end was when it was looked at from this folder before.
    public let kept: AuditMark?
    /// Records of an earlier export that were compared.
    public internal(set) var compared: Int64 = 0
    /// The first hundred.
    public private(set) var findings: [AuditFinding]
    public private(set) var findingCount: Int

    init(_ chain: AuditVerifier, kept: AuditMark?) {
        (count, last, self.kept) = (chain.count, chain.last, kept)
        (findings, findingCount) = (chain.findings, chain.findingCount)
    }

    public var isUnbroken: Bool { findingCount == 0 }

    /// A record of an earlier export is not that of the chain.
    mutating func differs(from exported: AuditRecord, _ present: AuditRecord?) {
        findingCount += 1
        guard findings.count < 100 else { return }
        let sentence =
            present == nil
            ? "record \(exported.number) of the export is not in the chain any more"
            : "record \(exported.number) is another one than in the export"
        findings.append(
            AuditFinding(kind: present == nil ? .cut : .rewritten, number: exported.number, sentence: sentence))
    }

    public var json: JSONValue {
        [
            "unbroken": .bool(isUnbroken), "records": JSONValue(Int(count)), "last": last?.json ?? .null,
            "kept": kept?.json ?? .null, "compared": JSONValue(Int(compared)),
            "findings": .array(findings.map(\.json)), "findingCount": JSONValue(findingCount),
        ]
    }
}
