// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension AuditTrail {
    /// Records that are read at once.
    static let batch = 1000

    /// Walks the whole chain as it is now, in bounded memory.
    ///
    /// - Parameters:
    ///   - marks: what records were when somebody looked.
    ///   - hashes: those of records whose number is not known.
    ///   - onProgress: gets how many records were looked at, and how many there are.
    /// - Throws: `StoreError`.
    public func verify(
        marks: [AuditMark] = [], hashes: Set<String> = [], onProgress: (Int64, Int64) -> Void = { _, _ in }
    ) async throws -> AuditVerifier {
        // What is written meanwhile is left to the next time.
        let counted = try await lastNumber()
        var verifier = AuditVerifier(marks: marks, hashes: hashes)
        var number: Int64 = 0
        while true {
            let page = try await records(after: number, limit: Self.batch)
            for record in page { verifier.add(record) }
            guard let last = page.last else { break }
            number = last.number
            onProgress(verifier.count, counted)
        }
        // Read again, for others write meanwhile.
        verifier.end(counted: try await max(counted, min(lastNumber(), number)))
        return verifier
    }
}
