// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Administration
import ConnectorHost
import Drift
import Foundation
import Fulfilment
public import Gateway
public import HTTPServing
import Ledger

/// The metrics of a gateway. Template and CA names of the configuration are in them, and no person's.
public actor GatewayMetrics {
    /// How long figures of the ledger are good for: with a million orders counting takes a second.
    private static let looksEvery = Duration.seconds(15)

    private let service: GatewayService
    private let readiness: ReadinessWatch
    private let requests: RequestMeter
    private let server: @Sendable () -> ServerStatus?
    private let version: String
    private var last: (at: ContinuousClock.Instant, text: String)?

    /// - Parameter server: what the HTTP server is busy with.
    public init(
        _ service: GatewayService, readiness: ReadinessWatch, requests: RequestMeter, version: String,
        server: @escaping @Sendable () -> ServerStatus?
    ) {
        (self.service, self.readiness, self.requests) = (service, readiness, requests)
        (self.version, self.server) = (version, server)
    }

    /// The whole text, for `Content-Type: text/plain; version=0.0.4`.
    public func text() async -> String {
        var metrics = MetricsText()
        metrics.add(
            "certway_build_info", "gauge", "Always 1; the labels say what runs.",
            [([("version", version), ("connector_interface", "\(HostInterface.version)")], 1)])
        let readiness = await readiness.look()
        metrics.add(
            "certway_ready", "gauge", "1 when each enabled template can be issued, 0.5 when some can, 0 when none can.",
            readiness.state == .ready ? 1 : readiness.state == .degraded ? 0.5 : 0)
        metrics.add(
            "certway_not_ready_causes", "gauge", "What keeps certificates from being issued, by kind.",
            Readiness.Cause.Code.allCases.map { code in
                ([("cause", code.rawValue)], Double(readiness.causes.count { $0.code == code }))
            })
        metrics.add(
            "certway_template_ready", "gauge", "Whether certificates of the template can be issued.",
            readiness.templates.sorted { $0.key < $1.key }.map { ([("template", $0.key)], $0.value ? 1 : 0) })
        write(service.figures, to: &metrics)
        writeServer(to: &metrics)
        return metrics.text + (await ledger())
    }

    private func write(_ figures: ServiceFigures, to metrics: inout MetricsText) {
        metrics.add(
            "process_start_time_seconds", "gauge", "When the service was made, in seconds since 1970.",
            figures.startedAt.timeIntervalSince1970)
        metrics.add(
            "certway_planning_node", "gauge", "Whether this node reads the directory and plans.",
            figures.isPlanning ? 1 : 0)
        let loops = [("directory", figures.directory), ("planning", figures.planning)]
        metrics.add(
            "certway_passes_total", "counter", "Passes over directory and plan, by result.",
            loops.flatMap { name, loop in
                [("ok", loop.succeeded), ("failed", loop.failed)].map {
                    ([("kind", name), ("result", $0)], Double($1))
                }
            })
        metrics.add(
            "certway_last_pass_timestamp_seconds", "gauge", "When the last pass came to its end without failure.",
            loops.compactMap { name, loop in loop.lastSuccess.map { ([("kind", name)], $0.timeIntervalSince1970) } })
        metrics.add(
            "certway_work_in_hand", "gauge", "Orders and actions that this node works on now.",
            Double(figures.engine.inFlight))
        metrics.add(
            "certway_order_stages_reached_total", "counter", "How often an order came into a stage at this node.",
            OrderStage.allCases.map { ([("stage", $0.rawValue)], Double(figures.engine.entries[$0] ?? 0)) })
        metrics.add(
            "certway_deliveries_total", "counter", "Certificates handed to where devices fetch them, at this node.",
            Double(figures.engine.entries[.delivered] ?? 0))
        metrics.add(
            "certway_time_to_issue_seconds",
            "From the intent to the certificate, people and CAs included, at this node.",
            [([], figures.engine.timeToIssue)])
    }

    private func writeServer(to metrics: inout MetricsText) {
        requests.write(to: &metrics)
        guard let status = server() else { return }
        metrics.add("certway_http_connections", "gauge", "Open connections.", Double(status.connections))
        metrics.add("certway_http_requests_running", "gauge", "Requests being answered.", Double(status.requests))
        metrics.add("certway_event_streams", "gauge", "Open event streams.", Double(status.streams))
        metrics.add(
            "certway_http_connections_refused_total", "counter", "Connections beyond the limits.",
            Double(status.refusedConnections))
        metrics.add(
            "certway_http_connections_late_total", "counter", "Connections broken because the client took too long.",
            Double(status.lateConnections))
    }

    /// What has to be counted in the database; empty when it does not answer, which readiness says.
    private func ledger() async -> String {
        if let last, last.at.duration(to: .now) < Self.looksEvery { return last.text }
        guard let gateway = try? await service.gateway(), let text = try? await Self.counted(gateway) else { return "" }
        last = (.now, text)
        return text
    }

    private static func counted(_ gateway: Gateway) async throws -> String {
        var metrics = MetricsText()
        let ledger = gateway.ledger
        let counts = try await ledger.counts().sorted {
            ($0.template, $0.stage.rawValue) < ($1.template, $1.stage.rawValue)
        }
        metrics.add(
            "certway_orders", "gauge", "Orders by template and stage.",
            counts.map { ([("template", $0.template), ("stage", $0.stage.rawValue)], Double($0.count)) })
        metrics.add(
            "certway_orders_held", "gauge", "Orders that wait for a person's decision.",
            counts.map { ([("template", $0.template), ("stage", $0.stage.rawValue)], Double($0.held)) })
        let now = ledger.clock.now()
        let names = try await ledger.backendCAs().union(gateway.backends.names).sorted()
        var due: [(labels: [(String, String)], value: Double)] = []
        for name in names {
            due.append(([("backend_ca", name)], Double(try await ledger.dueCount(by: now, backendCA: name))))
        }
        metrics.add("certway_orders_due", "gauge", "Orders that are due and wait to be worked on.", due)
        let alarms = gateway.backends.openAlarms
        metrics.add(
            "certway_backend_ca_good", "gauge", "0 while a person has to mend something at the backend CA.",
            gateway.backends.names.map { name in
                let isGood = if case .ready? = gateway.backends[name] { alarms[name] == nil } else { false }
                return ([("backend_ca", name)], isGood ? 1 : 0)
            })
        metrics.add(
            "certway_publications", "gauge", "Certificates in directories, by what is wanted and what was seen there.",
            try await gateway.publications.counts().map {
                ([("directory", $0.place), ("state", $0.state.rawValue)], Double($0.count))
            })
        if let drift = try await DriftTally.last(in: ledger) {
            metrics.add(
                "certway_drift_findings", "gauge",
                "What CAs, Intune, directory and address lists held otherwise than the ledger when all was compared last.",
                DriftSeverity.allCases.map { ([("severity", $0.rawValue)], Double(drift.count($0))) })
            metrics.add(
                "certway_drift_places_missed", "gauge", "Places that were not compared then, or in part only.",
                Double(drift.missed))
            metrics.add(
                "certway_drift_compared_timestamp_seconds", "gauge", "When that was, in seconds since 1970.",
                drift.readAt.timeIntervalSince1970)
        }
        let days = [7, 14, 30]
        let ending = try await ledger.activeEnding(by: days.map { now.addingTimeInterval(Double($0) * 86_400) })
        metrics.add(
            "certway_certificates_ending", "gauge", "Active certificates whose validity ends within so many days.",
            zip(days, ending).map { ([("days", "\($0)")], Double($1)) })
        return metrics.text
    }
}
