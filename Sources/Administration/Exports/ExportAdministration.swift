// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Gateway
public import JSONDocuments
import Records

/// Lists as files: what is asked for is put on record, and for an hour whoever has asked may fetch it.
public struct ExportAdministration: Sendable {
    /// How long a file can be fetched, in seconds.
    public static let validity: TimeInterval = 3600
    /// What the work is called in the record of work.
    public static let kind = "export of a list"

    private let gateway: Gateway
    private let caller: Caller

    public init(_ gateway: Gateway, caller: Caller) { (self.gateway, self.caller) = (gateway, caller) }

    /// Counts the rows and puts the wish on record.
    ///
    /// - Parameters:
    ///   - query: the filter, as an address has it.
    ///   - id: of the work; the file is fetched by it.
    /// - Returns: what whoever asked has to know: rows, and until when the file can be fetched.
    /// - Throws: `AccessDenied`, `ListError`, `StoreError`.
    public func begin(
        _ export: ListExport, _ format: ListExport.Format, query: String, id: String, isDryRun: Bool
    ) async throws -> JSONValue {
        let list = export.list
        let object = AuditObject(.list, list.rawValue)
        return try await Entrance(caller, gateway.ledger.audit).pass(
            .exportLists, to: Entrance.Wish(.exportList, object), isDryRun ? .byTheUseCase : .all
        ) {
            try caller.require(list.permission)
            let rows = try await export.count()
            if !isDryRun {
                try await gateway.ledger.audit.record(
                    AuditEntry(
                        .exportList, object, by: AuditActor(named: caller.name),
                        after: [
                            "format": .string(format.rawValue), "query": .string(query), "rows": JSONValue(rows),
                        ]))
            }
            let end = gateway.ledger.clock.now() + Self.validity
            return [
                "dryRun": .bool(isDryRun), "list": .string(list.rawValue), "format": .string(format.rawValue),
                "query": .string(query), "rows": JSONValue(rows),
                "fileName": .string("\(list.rawValue)-\(end.ISO8601Format().prefix(10)).\(format.rawValue)"),
                "file": isDryRun ? .null : .string("/exports/\(id)"),
                "expiresAt": isDryRun ? .null : .string(end.ISO8601Format()),
            ]
        }
    }

    /// What somebody has asked for, as `begin` has told it.
    ///
    /// - Returns: nil for what is none, somebody else's, not ready, or over.
    /// - Throws: `AccessDenied` for somebody who has lost the right meanwhile.
    public func wish(_ id: String) async throws -> JSONValue? {
        guard let operation = try await LongOperations(gateway.ledger).operation(id), operation.kind == Self.kind,
            operation.isFrom(caller.name, caller.owner), operation.state == .done, let wish = operation.result,
            let list = wish["list"]?.string.flatMap(ExportedList.init),
            let end = wish["expiresAt"]?.string.flatMap({ try? Date($0, strategy: .iso8601) }),
            gateway.ledger.clock.now() < end
        else { return nil }
        let entrance = Entrance(caller, gateway.ledger.audit)
        try await entrance.require(.exportLists, for: "export of \(list.rawValue)")
        try await entrance.require(list.permission, for: "export of \(list.rawValue)")
        return wish
    }
}
