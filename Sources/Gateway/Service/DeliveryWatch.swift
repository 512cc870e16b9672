// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import DeliveryProof
import Foundation
import Ledger
import MicrosoftGraph

/// Reads by itself how certificates stand on devices, each when its turn has come (`DeliveryReport.interval`), and within a budget of
/// requests to Graph that leaves the rest of it to the work: Intune takes 1000 in 20 seconds of a tenant (wire/graph-directory.md
/// section 8), and this is a quarter of that at most.
actor DeliveryWatch {
    /// Certificates of one look.
    static let mostAtOnce = 5
    /// Between two looks. With `mostAtOnce` that is 4 requests a second.
    static let pace = Duration.seconds(10)
    /// What is the same for everybody is asked again after so many seconds for each request that it took: in a large tenant the reports
    /// of devices fill many pages.
    static let secondsPerRequest = 2.0
    /// How long nothing is read after Graph has asked to slow down.
    static let restAfterThrottling: TimeInterval = 300

    private var tenant: (value: DeliveryReader.Tenant, readAt: Date)?
    private var restsUntil: Date?

    struct Findings: Sendable {
        var read = 0
        var faulty = 0
    }

    /// Reads what is due, as a job of the service.
    ///
    /// - Returns: what is wrong between Intune and devices, as it was read last, and why nothing could be read; sentences.
    func look(
        _ gateway: Gateway, in jobs: JobBook, _ graph: @Sendable () async throws -> GraphClient
    ) async -> [String] {
        let begun = gateway.ledger.clock.now()
        do {
            if let found = try await look(gateway, try await graph()) {
                await jobs.end(
                    .deliveries, begun: begun, next: Self.pace,
                    facts: ["certificates": found.read, "faulty": found.faulty])
            }
            return try await gateway.lastMileSentences()
        } catch is CancellationError {
            return []
        } catch {
            await jobs.end(.deliveries, begun: begun, next: Self.pace, problem: "\(error)")
            return ["how certificates stand on devices cannot be read: \(error)"]
        }
    }

    /// Reads what is due.
    ///
    /// - Returns: nil when nothing is.
    func look(_ gateway: Gateway, _ graph: GraphClient) async throws -> Findings? {
        let now = gateway.ledger.clock.now()
        if let restsUntil, now < restsUntil { return nil }
        guard let uploader = try gateway.uploader(graph) else { return nil }
        let templates = gateway.configuration.allTemplates.filter { $0.delivery == .intune }.map(\.name)
        let ids = try await gateway.readings.due(of: templates, at: now, limit: Self.mostAtOnce)
        guard !ids.isEmpty else { return nil }
        let records = try await gateway.ledger.certificates(ids: ids)
        let shared = try await tenant(DeliveryReader(graph: graph, uploader: uploader), now)
        let reports = try await gateway.readDeliveries(of: records, graph, shared)
        if reports.contains(where: { report in report.faults.contains { $0.fault == .throttled } }) {
            (restsUntil, tenant) = (now + Self.restAfterThrottling, nil)
        }
        return Findings(read: reports.count, faulty: reports.count { $0.standing == .faulty })
    }

    private func tenant(_ reader: DeliveryReader, _ now: Date) async throws -> DeliveryReader.Tenant {
        if let tenant, abs(now.timeIntervalSince(tenant.readAt)) < Double(tenant.value.cost) * Self.secondsPerRequest {
            return tenant.value
        }
        let read = try await reader.tenant()
        tenant = (read, now)
        return read
    }
}
