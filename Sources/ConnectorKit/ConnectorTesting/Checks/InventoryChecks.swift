// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import JSONDocuments
internal import PKIX

/// The list of all orders.
enum InventoryChecks {
    static let all = [complete, pages, serials]

    private static let complete = ConformanceCheck(
        "inventory.complete", "The list of all orders",
        proves: "The list ends, and holds every order of this run exactly once.", ability: .inventory,
        needsFirstCertificate: true
    ) { run in
        let ours = try await ours(run)
        var listing = try await read(run)
        // Lists of a CA may lag a little behind.
        let end = ContinuousClock.now + min(run.bench.patience, .seconds(10))
        let ids = ours.map(\.issued.order.caRequestID)
        while !Set(ids).isSubset(of: listing.entries.map(\.order.caRequestID)), ContinuousClock.now < end {
            try await run.clock.sleep(for: .seconds(1))
            listing = try await read(run)
        }
        try requireOnce(ids, in: listing, run)
    }

    private static let pages = ConformanceCheck(
        "inventory.pages", "A list of several pages",
        proves: "A list that takes several pages is read to its end; no order is lost or repeated between them.",
        ability: .inventory, needsFirstCertificate: true
    ) { run in
        let ids = try await ours(run).map(\.issued.order.caRequestID)
        var listing = try await read(run)
        // Some of our sandboxes can be told to give short pages; where the length is fixed, it takes many orders.
        let short: JSONValue = ["pageCap": JSONValue(max(1, listing.entries.count / 3))]
        if listing.pages < 2, let sandbox = run.bench.sandbox, (try? await sandbox.set(short)) != nil {
            listing = try await sandbox.with(short, back: ["pageCap": nil]) { try await read(run) }
        }
        try requireOnce(ids, in: listing, run)
        guard listing.pages > 1 else {
            throw CheckStop.skipped("the list fits on one page; run all checks, or place more orders with --concurrent")
        }
    }

    private static let serials = ConformanceCheck(
        "inventory.serials", "Serial numbers in the list",
        proves: "The list tells the serial number of the certificate that each order of this run has.",
        ability: .inventory, needsFirstCertificate: true
    ) { run in
        let listed = Dictionary(grouping: try await read(run).entries, by: \.order.caRequestID)
        let ours = try await ours(run)
        var seen = 0
        for order in ours {
            let rows = listed[order.issued.order.caRequestID] ?? []
            let told = rows.compactMap(\.serialNumber).filter { !$0.isEmpty }
            guard !told.isEmpty else { continue }
            seen += 1
            guard told.contains(where: { SerialNumber(hex: $0) == order.leaf.serialNumber }) else {
                throw CheckStop.failed(
                    "order \(order.issued.order.caRequestID) is listed with serial number \(told.joined(separator: ", ")), it is \(order.leaf.serialNumber)"
                )
            }
        }
        guard seen > 0 else { throw CheckStop.notApplicable("the list tells no serial numbers") }
        run.note(
            "of \(ours.count) orders of this run, \(seen) are listed with a serial number, which is that of the certificate"
        )
    }

    /// The orders of this run that have a certificate, one at least.
    private static func ours(_ run: CheckRun) async throws -> [IssuedOrder] {
        _ = try await run.workbench.firstCertificate(run)
        return await run.workbench.book.entries.values.compactMap(\.certified)
    }

    private static func read(_ run: CheckRun) async throws -> InventoryReading.Listing {
        try await InventoryReading(run.ability((any CertificateInventory).self, .inventory), run).read()
    }

    private static func requireOnce(_ ids: [String], in listing: InventoryReading.Listing, _ run: CheckRun) throws {
        run.note("\(listing.entries.count) orders on \(listing.pages) \(listing.pages == 1 ? "page" : "pages")")
        let listed = Dictionary(grouping: listing.entries, by: \.order.caRequestID)
        // An order may have several certificates.
        let double = listed.first { $0.value.count > 1 && Set($0.value.map(\.serialNumber)).count < $0.value.count }
        if let double { throw CheckStop.failed("order \(double.key) is listed \(double.value.count) times") }
        let missing = ids.filter { listed[$0] == nil }
        run.note("\(ids.count) orders of this run looked for")
        guard missing.isEmpty else {
            throw CheckStop.failed(
                "\(missing.count) of \(ids.count) orders of this run are missing, such as \(missing.sorted()[0])")
        }
    }
}
