// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Walks a chain, record by record, and says what is not as it was written. Keeps one hash, and what was found.
public struct AuditVerifier: Sendable {
    /// More findings than anybody reads are counted only.
    private static let mostKept = 100

    public private(set) var findings: [AuditFinding] = []
    public private(set) var findingCount = 0
    /// Records that were looked at.
    public private(set) var count: Int64 = 0
    /// The last record that was looked at.
    public private(set) var last: AuditMark?

    private var expected: Int64
    /// Nil where the record before is not known.
    private var previous: String?
    private var marks: [Int64: Set<AuditMark>]
    /// A hash that some record has to have, whichever.
    private var sought: Set<String>

    /// - Parameters:
    ///   - first: number of the first record that will come.
    ///   - marks: what records were when somebody looked.
    ///   - hashes: those of records whose number is not known.
    public init(from first: Int64 = 1, marks: [AuditMark] = [], hashes: Set<String> = []) {
        expected = first
        previous = first == 1 ? AuditRecord.beginning : nil
        self.marks = Dictionary(grouping: marks, by: \.number).mapValues { Set($0) }
        sought = hashes
    }

    /// The next record, in the order of the numbers.
    public mutating func add(_ record: AuditRecord) {
        count += 1
        let isIntact = record.digest == record.hash
        if record.number > expected {
            let missing = record.number - 1
            note(
                .gap, expected,
                missing == expected
                    ? "record \(expected) is missing" : "records \(expected) to \(missing) are missing")
            for number in marks.keys.filter({ (expected..<record.number).contains($0) }) { marks[number] = nil }
            previous = nil
        }
        let follows = previous.map { $0 == record.previous } ?? true
        switch (isIntact, follows) {
        case (true, true): break
        case (false, true):
            note(.edited, record.number, "record \(record.number) was changed: it does not have its hash")
        case (true, false):
            note(
                .rewritten, record.number - 1,
                "record \(record.number) does not follow from record \(record.number - 1), which was made anew, hash and all"
            )
        case (false, false):
            note(
                .order, record.number,
                "record \(record.number) stands in another place than it was written, or was changed with what is before it"
            )
        }
        for mark in marks.removeValue(forKey: record.number) ?? [] where mark.hash != record.hash {
            note(
                .rewritten, record.number,
                "record \(record.number) is another one than when it was looked at before: its hash was \(mark.hash.prefix(16))…"
            )
        }
        sought.remove(record.hash)
        previous = record.hash
        expected = record.number + 1
        last = AuditMark(number: record.number, hash: record.hash)
    }

    /// The end of the chain.
    ///
    /// - Parameter counted: number of the last record that was made, as the counter has it; nil where there is no counter.
    public mutating func end(counted: Int64?) {
        let known = max(counted ?? 0, marks.keys.max() ?? 0)
        if known >= expected {
            note(
                .cut, expected,
                "the chain ends with record \(expected - 1), and record \(known) was there: what is between was taken away"
            )
        } else if let counted, counted < expected - 1 {
            note(
                .added, counted + 1,
                "\(counted) records were counted, and there are some up to \(expected - 1): the counter was set back, or they were added"
            )
        }
        for hash in sought.sorted() { note(.rewritten, 0, "no record has the hash \(hash): the chain was made anew") }
        (marks, sought) = ([:], [])
    }

    private mutating func note(_ kind: AuditFinding.Kind, _ number: Int64, _ sentence: String) {
        findingCount += 1
        guard findings.count < Self.mostKept else { return }
        findings.append(AuditFinding(kind: kind, number: number, sentence: sentence))
    }
}
