// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import CommandInterface
import Foundation
import JSONDocuments
import Store

extension APIOperation {
    /// Lists as files.
    static let exports = [
        APIOperation(
            "exportList", .post, "/exports", tag: "Records",
            "A list as a file, by the filter of the list itself: ready when the work has counted the rows, and to be fetched for an hour "
                + "by whoever has asked", permission: .exportLists,
            body: .body(
                APIField("list", .word(ExportedList.allCases.map(\.rawValue))),
                APIField("format", .word(ListExport.Format.allCases.map(\.rawValue))),
                APIField(
                    "query", .text(length: 0...8000),
                    "filter and order as the address of the list has them, such as status=active&expires=30d&sort=notAfter",
                    optional: true)),
            answer: .operation
        ) { call in
            let format = call.body?["format"]?.string.flatMap(ListExport.Format.init) ?? .csv
            let list = call.body?["list"]?.string.flatMap(ExportedList.init) ?? .certificates
            let query = call.body?["query"]?.string ?? ""
            let export = try call.export(of: list, query)
            let (administration, isDryRun) = (call.exports, call.isDryRun)
            return try await call.runner.start(ExportAdministration.kind, call, of: 1, atOnce: 4) { progress in
                try await administration.begin(export, format, query: query, id: progress.id, isDryRun: isDryRun)
            }
        },
        APIOperation(
            "fetchExport", .get, "/exports/{id}", tag: "Records",
            "The rows of a list that was asked for as a file, read while they are sent", permission: .exportLists,
            parameters: [.path("id", "of the work that POST /exports has begun")],
            answer: .file(types: ListExport.Format.allCases.map(\.mediaType))
        ) { call in
            guard let wish = try await call.exports.wish(call.path("id")),
                let list = wish["list"]?.string.flatMap(ExportedList.init),
                let format = wish["format"]?.string.flatMap(ListExport.Format.init)
            else {
                throw APIProblem.noExport(call.path("id"))
            }
            let export = try call.export(of: list, wish["query"]?.string ?? "")
            let reader = call.server.reader(of: call.request)
            guard let place = call.server.downloads.enter() else {
                throw APIProblem.tooManyExports
            }
            return .file(format.mediaType, name: wish["fileName"]?.string ?? list.rawValue) { body in
                defer { place.leave() }
                try await ExportText(export, format, reader).write { try await body.send($0) }
            }
        },
    ]

    /// The list that an export is of, with its filters.
    static func list(_ list: ExportedList) -> APIOperation {
        let (operations, id) =
            switch list {
            case .certificates: (certificates, "listCertificates")
            case .people: (people, "listPeople")
            case .orders: (orders, "listOrders")
            case .auditRecords: (records, "listAuditRecords")
            }
        // A test asks for each.
        return operations.first { $0.id == id } ?? operations[0]
    }
}

extension APICall {
    fileprivate var exports: ExportAdministration { ExportAdministration(gateway, caller: caller) }

    /// The list with the filter of an address, held to what the list itself takes.
    ///
    /// - Throws: `APIProblem` 422 for a filter that the list does not have.
    fileprivate func export(of list: ExportedList, _ query: String) throws -> ListExport {
        let operation = APIOperation.list(list)
        var asked = request
        asked.query = try Self.items(query)
        let values: [String: [String]]
        do {
            values = try CallReader(operation: operation, request: asked).query()
        } catch {
            throw APIProblem.invalid(error.errors.map { APIFault("/query", "\($0.pointer): \($0.detail)") }, 422)
        }
        let call = APICall(
            operation: operation, authentication: authentication, server: server, gateway: gateway, request: request,
            body: nil, pathValues: [:], query: values)
        let sort = try call.listRequest().sort
        switch list {
        case .certificates:
            let filter = try call.certificateFilter
            return ListExport(list, sort: sort) {
                try await CertificateAdministration(call.gateway.ledger).list(filter, $0).map(\.json)
            }
        case .people:
            return ListExport(list, sort: sort) {
                try await call.people.cards(call.text("q"), call.personFilter, $0).map(\.json)
            }
        case .orders:
            let filter = try call.orderFilter
            return ListExport(list, sort: sort) { try await call.orders.list(filter, $0).map(\.json) }
        case .auditRecords:
            return ListExport(list, sort: sort) {
                try await AuditAdministration(call.gateway.store).list(call.auditFilter, $0).map(\.json)
            }
        }
    }

    /// The items of a query, decoded as the server does; which page is shown is none of its business.
    private static func items(_ query: String) throws -> [(name: String, value: String)] {
        try query.split(separator: "&").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                $0.replacing("+", with: " ").removingPercentEncoding
            }
            guard let name = parts[0], let value = parts.count > 1 ? parts[1] : "" else {
                throw APIProblem.brokenQuery
            }
            return (name, value)
        }.filter { !["limit", "after", "fields"].contains($0.name) }
    }
}

extension ListExport.Format {
    var mediaType: String { self == .csv ? "text/csv" : "application/json" }
}
