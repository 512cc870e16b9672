// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import KeyHoldings
import Ledger
import MicrosoftGraph
import Notification
import Planning
import Settings
import YAMLDocuments

extension Gateway {
    /// What keeps orders from moving on: a failure of a whole backend CA once, with the orders it keeps, the others by cause, and
    /// what a CA has had for too long. One sentence each, with the next step.
    ///
    /// - Parameter date: since when an end that the CA has set to an order counts, and a first attempt to send a notice that has failed; nil for
    ///   none.
    /// - Throws: `StoreError`.
    public func standingOrders(at now: Date, endedSince date: Date? = nil) async throws -> [String] {
        let found = try await ledger.obstacles(since: date ?? .distantFuture)
        let resting = try await RestingWork.sentences(in: ledger).values.sorted()
        return resting + found.map { $0.sentence(at: now) } + alarms(besides: found)
            + (try await waitingOverlong(at: now, triedSince: date))
    }

    /// What waits for too long and has no failing order that would tell: at a CA, for a new request, for a way that mails can take. One sentence
    /// each, with the next step; as long as it lasts.
    ///
    /// - Throws: `StoreError`.
    public func waitingOverlong(at now: Date, triedSince date: Date? = nil) async throws -> [String] {
        (try await overdueOrders(at: now)) + (try await requestProblems(at: now))
            + (try await noticeProblems(at: now, triedSince: date))
    }

    /// What people were to be told and could not be, in one sentence.
    ///
    /// - Parameter date: since when one failed attempt is enough; nil for where there is time for another one.
    private func noticeProblems(at now: Date, triedSince date: Date?) async throws -> [String] {
        guard
            let (count, example) = try await notices.failing(since: now - Self.noticeMemory, orTriedSince: date)
        else { return [] }
        return [
            "\(Plural(count, "notice")) could not be sent, or may not have been, such as one of \(example.event.rawValue): \(example.detail ?? ""); see "
                + "'certway notification pending', and 'certway doctor' for the way mails take"
        ]
    }

    private static let noticeMemory: TimeInterval = 7 * 86_400

    /// Keys that could not be brought to somebody's devices, or taken from them, and are tried again, or that a person has to have delivered again; in one sentence.
    ///
    /// - Throws: `StoreError`.
    public func keyProblems() async throws -> [String] {
        // Of what is in use a person can always order another one.
        let bare = try await keysBeyondReach(inUse: true)
        let inUse = bare.first.map { first in
            "\(Plural(bare.count, "certificate in use is", "certificates in use are")) not on the devices and the key is not at hand, such as "
                + "\(first.serialNumber) for \(first.userPrincipalName): 'certway certificate withdraw \(first.serialNumber) --order-again --because \"key not at hand\"' "
                + "orders another one"
        }
        let troubled = try await KeyHoldingStore(ledger).troubled(limit: Self.troubles, curable: true)
        guard let first = troubled.first, let problem = first.problem else { return [inUse].compactMap(\.self) }
        return [inUse].compactMap(\.self) + [
            "\(Plural(troubled.count, "key is", "keys are")) not where \(troubled.count == 1 ? "it" : "they") should be, such as that of certificate \(first.serialNumber) for \(first.userPrincipalName): \(problem); "
                + "\(first.nextActionAt == nil ? "" : "it is tried again by itself, ")see 'certway certificate show \(first.serialNumber)'"
        ]
    }

    /// Keys that are to be on somebody's devices and of which there is no copy here: nothing follows by itself, and what a person can do
    /// leaves no trace here. In one sentence.
    ///
    /// - Throws: `StoreError`.
    public func missingKeys() async throws -> [String] {
        let missing = try await keysBeyondReach(inUse: false)
        guard let first = missing.first else { return [] }
        return [
            "\(Plural(missing.count, "earlier key is", "earlier keys are")) to be on people's devices and not at hand, such as that of certificate "
                + "\(first.serialNumber) for \(first.userPrincipalName): 'certway key history \(first.userPrincipalName)' says what can be done"
        ]
    }

    /// Keys that are to be on devices, are not, and cannot be brought there: of certificates in use, or of all others.
    private func keysBeyondReach(inUse: Bool) async throws -> [KeyHolding] {
        let now = ledger.clock.now()
        return try await KeyHoldingStore(ledger).troubled(limit: Self.troubles).filter {
            $0.isBeyondReach && ($0.stage == OrderStage.active.rawValue && $0.notAfter > now) == inUse
        }
    }

    private static let troubles = 1000

    /// Certificates for servers that are over or end soon, and requests that have come to nothing, on which nobody has handed in a new request; and
    /// requests on which nobody decides. One sentence for each template and cause.
    ///
    /// - Throws: `StoreError`.
    public func requestProblems(at now: Date) async throws -> [String] {
        let soon = Double(PlanSummary.soon)
        var sentences: [String] = []
        for template in configuration.requestTemplates {
            let waiting = try await ledger.waitingRequests(of: template.name)
            let asked = Set(waiting.map { Set($0.hosts) })
            let ordered = try await ledger.orderedRequests(of: template.name, endingAfter: now - Self.requestMemory)
            let ending = ordered.ending(after: now - Self.requestMemory, until: now + soon)
                .filter { $0.certificate.endIsNear(from: soon) <= now }
            let alone = ending.filter { !asked.contains(Set($0.request.hosts)) }
            if let first = alone.first {
                let which =
                    "\(first.request.reference) for \(first.request.hosts.joined(separator: ", ")), whose certificate ends on "
                    + CalendarDay.text(first.certificate.notAfter)
                sentences.append(
                    "template \(template.name): \(Plural(alone.count, "certificate for servers is over or ends", "certificates for servers are over or end")) "
                        + "soon and no newer request has followed, such as request \(which): hand in a new one, 'certway request submit'"
                )
            }
            let urgent = Set(ending.map { Set($0.request.hosts) })
            let late = waiting.filter {
                $0.createdAt < now - Self.decisionTime || urgent.contains(Set($0.hosts))
            }
            if let first = late.first {
                sentences.append(
                    "template \(template.name): \(Plural(late.count, "request waits", "requests wait")) for a decision, such as "
                        + "\(first.reference) for \(first.hosts.joined(separator: ", ")) since \(CalendarDay.text(first.createdAt)): "
                        + "'certway request approve \(first.reference) --because \"checked\"', or 'certway request deny'"
                )
            }
            let failed = ordered.failed(since: now - Self.requestMemory)
            if let last = failed.last {
                sentences.append(
                    "template \(template.name): \(Plural(failed.count, "request")) ended without a certificate, such as "
                        + "\(last.request.reference) for \(last.request.hosts.joined(separator: ", ")): \(last.order.detail ?? ""); once that is "
                        + "mended, 'certway order again \(last.order.reference)', or hand in a new one")
            }
        }
        return sentences
    }

    /// So long a request may wait for somebody to decide before that is said.
    private static let decisionTime: TimeInterval = 2 * 86_400

    /// After this long nobody waits for a server's certificate any more.
    private static let requestMemory: TimeInterval = 30 * 86_400

    /// Orders that a CA has had for longer than `expectedWithin` and that nobody there decides on, one sentence for each CA
    /// and party, with the next step. Costs a query for each backend CA with open orders.
    ///
    /// - Throws: `StoreError`.
    public func overdueOrders(at now: Date) async throws -> [String] {
        var sentences: [String] = []
        for name in try await ledger.backendCAs().sorted() {
            let expected = configuration.backendCA(name)?.expectedWithin ?? BackendCAConfiguration.usually
            let date = now.addingTimeInterval(-Double(expected.components.seconds))
            for orders in try await ledger.overdue(since: date, backendCA: name) {
                let which = orders.count == 1 ? "order \(orders.example)" : "\(Plural(orders.count, "order"))"
                sentences.append(
                    "\(which) at \(name): waiting for \(PendingOrder.Party.words(orders.waitingFor)) for more than "
                        + "\(Self.text(expected)); look there at order \(orders.example), then approve or cancel what "
                        + "'certway order list --stage pending --backend-ca \(name)' shows (expectedWithin says how long is usual)"
                )
            }
        }
        return sentences
    }

    /// What an operator must mend at backend CAs, one sentence each.
    ///
    /// - Parameter obstacles: those of orders; what keeps orders of a backend CA is said with them and not twice.
    public func alarms(besides obstacles: [OrderObstacle]) -> [String] {
        let told = Set(obstacles.filter { $0.side == .certificateAuthority }.map(\.backendCA))
        return backends.openAlarms.filter { !told.contains($0.key) }.sorted { $0.key < $1.key }.map {
            "backend CA \($0.key): \($0.value); see 'certway ca check \($0.key)'"
        }
    }

    /// Certificates in use that only a person can decide on, a sentence each: of a key that is in wrong hands (CA/Browser Forum Baseline
    /// Requirements section 4.9.1.1), and by templates that are gone, of which nobody knows any more who may have them.
    ///
    /// - Throws: `StoreError`.
    public func certificatesToDecideOn() async throws -> [String] {
        try await ledger.certificatesOfCompromisedKeys().map {
            "certificate \($0.serialNumber) has the key of certificate \($0.compromised), which was revoked as compromised: 'certway "
                + "certificate revoke \($0.serialNumber) --reason keyCompromise --because \"its key is in wrong hands\"'"
        } + orphanedCertificates()
    }

    private func orphanedCertificates() async throws -> [String] {
        try await ledger.counts().filter { $0.stage == .active && configuration.template($0.template) == nil }
            .sorted { $0.template < $1.template }.map {
                "\(Plural($0.count, "certificate is", "certificates are")) in use by template \($0.template), which is gone: nobody "
                    + "takes them from who leaves, or whose address is somebody else's; put it back with enabled: false, or 'certway "
                    + "certificate revoke --template \($0.template) --because \"the template is gone\"'"
            }
    }

    /// Orders that have not left although nothing is wrong, one sentence for each backend CA. It goes on by itself.
    public func waitingOrders() async throws -> [String] {
        try await ledger.waitingForFirstCertificate().sorted { $0.key < $1.key }.map { name, count in
            "\(Plural(count, "order waits", "orders wait")) until the first certificate of backend CA \(name) is accepted: "
                + "'certway order list --backend-ca \(name)' shows which ones it has; what will not "
                + "end there: 'certway order cancel', or 'certway order retry --held --backend-ca \(name)'"
        }
    }

    /// Why a plan would not be carried out, one sentence each with the next step.
    ///
    /// - Parameter graph: to ask Intune what it holds; nil where the tenant cannot be asked.
    /// - Returns: what stands against every new order, and what keeps those of one backend CA from leaving.
    public func stops(_ graph: GraphClient?) async throws -> (all: [String], some: [String]) {
        var all = [sealingKeyFault(), clockSign, try await restoreSign(graph)].compactMap(\.self)
        let files = configuration.exchangedFiles
        all += files.filter { $0.place.backendCA == nil }.map(\.sentence)
        var some = try await restoreDoubts().stops + files.filter { $0.place.backendCA != nil }.map(\.sentence)
        for name in Set(configuration.templates.filter(\.enabled).map(\.backendCA)).sorted() {
            guard case .ready(let backend)? = backends[name] else { continue }
            if let stop = try await SubmissionStop.inForce(at: backend, ledger) { some.append(stop.cause) }
        }
        return (all, some)
    }

    /// What a person has to know or to do about open incidents, one sentence each; one look at a small table where there is none.
    ///
    /// - Parameter asStored: as whoever plans has found it last, seconds ago where the service runs: one query for each open incident. Otherwise
    ///   each certificate with which it is not through is looked at anew.
    public func incidentProblems(asStored: Bool = false) async throws -> [String] {
        var sentences: [String] = []
        for incident in try await planner.incidents.open() {
            let items =
                try await asStored
                ? planner.incidents.items(of: incident) : planner.incidentDesk.look(at: incident)
            let now = ledger.clock.now()
            // Before anything was delivered its bounds tell whether it can be in time.
            let estimate = try await IncidentPlanning(configuration, planner, backends, desk).forecast(
                incident, items, from: now)
            sentences += IncidentProgress(incident, items, now: now, estimate: estimate).problems
        }
        return sentences
    }

    private static func text(_ duration: Duration) -> Plural {
        let seconds = Int(duration.components.seconds)
        for (unit, length) in [("day", 86_400), ("hour", 3600), ("minute", 60)] where seconds >= length {
            return Plural(seconds / length, unit)
        }
        return Plural(seconds, "second")
    }
}
