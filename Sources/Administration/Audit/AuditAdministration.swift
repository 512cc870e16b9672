// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Gateway
import JSONDocuments
import Ledger
public import Records
import Settings
public import Store

/// The audit trail: looked at, verified, handed out.
public struct AuditAdministration: Sendable {
    let trail: AuditTrail
    let home: GatewayHome

    public init(_ store: GatewayStore) { (trail, home) = (store.ledger.audit, store.home) }

    /// Records, newest first in the list's own order.
    ///
    /// - Throws: `ListError`, `StoreError`.
    public func list(
        _ filter: AuditFilter, _ request: ListRequest = ListRequest()
    ) async throws -> ListPage<AuditRecord> { try await trail.records(filter, request) }

    /// One record.
    ///
    /// - Throws: `SettingsError` for a number that none has.
    public func record(_ number: Int64) async throws -> AuditRecord {
        guard let record = try await trail.record(number) else {
            let last = try await trail.lastNumber()
            throw SettingsError(
                last == 0
                    ? "there is no record \(number): the audit trail is empty"
                    : "there is no record \(number): 'certway audit list' shows them, the last one is \(last)",
                at: .commandLine)
        }
        return record
    }

    /// Walks the whole chain and compares it with what was kept outside of the database. Where all is well its end is kept.
    ///
    /// - Parameters:
    ///   - witness: file of an earlier export, or the hash of a record; nil for none.
    ///   - caller: who has looked at what is found and takes it for what there is, which is put on record; nil for nobody.
    ///   - onProgress: gets how many records were looked at, and how many there are.
    /// - Throws: `SettingsError` for a witness that is none, `StoreError`, `FileError`.
    public func verify(
        against witness: String? = nil, acceptedBy caller: Caller? = nil,
        onProgress: (Int64, Int64) -> Void = { _, _ in }
    ) async throws -> AuditVerification {
        try await walk(try witness.map { try AuditWitness($0) }, caller, onProgress)
    }

    /// The same for a caller from outside, who has no files here.
    ///
    /// - Parameters:
    ///   - caller: who looks.
    ///   - hash: of a record that somebody has kept, hexadecimal; nil for none.
    /// - Throws: `SettingsError` for a hash that is none; `AccessDenied`, `StoreError`, `FileError`.
    public func verify(
        for caller: Caller, hash: String?, onProgress: (Int64, Int64) -> Void = { _, _ in }
    ) async throws -> AuditVerification {
        try await Entrance(caller, trail).require(.verifyAudit)
        return try await walk(try hash.map { try AuditWitness(hash: $0) }, nil, onProgress)
    }

    private func walk(
        _ witness: AuditWitness?, _ caller: Caller?, _ onProgress: (Int64, Int64) -> Void
    ) async throws -> AuditVerification {
        let kept = home.auditMark
        var hashes: Set<String> = []
        if case .hash(let hash) = witness { hashes = [hash] }
        let chain = try await trail.verify(marks: [kept].compactMap(\.self), hashes: hashes, onProgress: onProgress)
        var result = AuditVerification(chain, kept: kept)
        if case .export(let file) = witness { try await compare(file, &result) }
        if result.isUnbroken, let last = result.last {
            try home.keep(last)
        } else if let caller {
            let object = AuditObject(.store, home.databasePlace)
            let entry = AuditEntry(
                .acceptTrail, object, by: AuditActor(named: caller.name),
                after: ["findings": JSONValue(result.findingCount)], reason: result.findings[0].sentence)
            // What counts from now on is for who runs the gateway; who audits it looks.
            try await Entrance(caller, trail).pass(.configure, to: Entrance.Wish(.acceptTrail, object)) {
                try await trail.record(entry)
            }
            if let end = try await trail.end() { try home.keep(end) }
        }
        return result
    }

    /// Writes records into a new file, one line each, in their canonical form. What is handed out is looked over on its way; where all
    /// is well the end is kept.
    ///
    /// - Throws: `FileError` for a file that is there or cannot be written, `StoreError`.
    public func export(
        from start: AuditBound?, to end: AuditBound?, file: String, onProgress: (Int64, Int64) -> Void = { _, _ in }
    ) async throws -> AuditExport {
        var (first, last): (Int64, Int64) = (1, try await trail.lastNumber())
        switch start {
        case .number(let number): first = max(1, number)
        case .time(let date): first = try await trail.lastNumber(before: date) + 1
        case nil: break
        }
        switch end {
        case .number(let number): last = min(last, number)
        case .time(let date): last = min(last, try await trail.lastNumber(before: date))
        case nil: break
        }
        let output = try StreamedFile(path: file)
        var verifier = AuditVerifier(from: first)
        var number = first - 1
        while number < last {
            let page = try await trail.records(after: number, limit: 1000).prefix { $0.number <= last }
            guard let end = page.last else { break }
            for record in page { verifier.add(record) }
            try output.write(page.map { $0.line + "\n" }.joined())
            number = end.number
            onProgress(number - first + 1, last - first + 1)
        }
        if first <= last { verifier.end(counted: last) }
        try output.finish()
        let result = AuditExport(file: file, first: first, verification: AuditVerification(verifier, kept: nil))
        if result.verification.isUnbroken, let last = result.verification.last,
            last.number > home.auditMark?.number ?? 0
        {
            try home.keep(last)
        }
        return result
    }

    /// Compares an earlier export with the chain, a batch at a time.
    private func compare(_ file: String, _ result: inout AuditVerification) async throws {
        var own: AuditVerifier?
        var lines = try LineFile(path: file)
        while case let batch = try lines.next(500), !batch.isEmpty {
            let records = try batch.map { try AuditWitness.record($0, in: file) }
            var known: [Int64: AuditRecord] = [:]
            for record in try await trail.records(
                after: records[0].number - 1,
                limit: Int(max(0, min(1000, records[records.count - 1].number - records[0].number + 1))))
            { known[record.number] = record }
            for record in records {
                if own == nil { own = AuditVerifier(from: record.number) }
                own?.add(record)
                guard known[record.number]?.hash != record.hash else { continue }
                result.differs(from: record, known[record.number])
            }
        }
        guard var own else { throw SettingsError("\(file) has no records", at: .commandLine) }
        own.end(counted: nil)
        guard own.findings.isEmpty else {
            throw SettingsError(
                "\(file) is not as it was exported: \(own.findings[0].sentence)", at: .commandLine)
        }
        result.compared = own.count
    }
}
