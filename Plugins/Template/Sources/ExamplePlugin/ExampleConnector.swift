// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import PKIX
import YAMLDocuments

/// A connector as small as it can be and still keep every promise. Its CA is a folder that `certway ca create` made
/// (`ExampleCA`); put the protocol of yours in its place.
struct ExampleConnector: CertificateAuthorityConnector, ProfileDescribing {
    static let kind: ConnectorKind = "example"

    /// The keys of `example:` in a profile, and its settings, for the key reference and for `certway connector new`.
    static let profileKeys = [
        ProfileKey(
            "settings", "mapping", "What the administrator gives for a backend CA.",
            example: "\n  folder: {type: file, title: Folder, help: a CA made by certway ca create}"),
        ProfileKey("example", "mapping", "What only this module understands.", example: "{validityDays: 365}"),
        ProfileKey(
            "example.validityDays", "whole number", "Validity where the template names none; 365 when left out.",
            in: 1...3650),
    ]

    let ca: ExampleCA
    let clock: any ConnectorClock
    let validityDays: Int
    let absenceIsSureAfter: Duration

    /// Everything wrong with the module's own part of a profile, at once and offline.
    static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] {
        let collector = DiagnosticCollector()
        _ = readValidity(profile, collector)
        return profile.diagnoseSections(known: profileKeys) + collector.sorted
    }

    /// Cheap and without network. What the administrator has to mend is `configuration`.
    init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {
        guard let folder = settings.values["folder"]?.string else {
            throw ConnectorError(.configuration, "settings.folder: expected the folder of the CA, found nothing")
        }
        ca = try ExampleCA(folder: folder)
        // Time comes from here and requests go through `CAExchange(profile, services: services, secrets: …)`, so that
        // tests, limits, traces and the fault injection of the conformance kit reach every connector.
        clock = services.clock
        validityDays = Self.readValidity(profile, DiagnosticCollector())
        absenceIsSureAfter = settings.absenceIsSureAfter ?? profile.absenceIsSureAfter ?? .zero
    }

    func check() async throws -> AccountReport {
        AccountReport(account: ca.issuing.subject.description, facts: [("folder", ca.folder)])
    }

    /// Orders one certificate. Waiting (`.pending`) and refusal (`.rejected`) are results; what may have been ordered and is
    /// not known to have failed is thrown as `outcomeUnknown`; nothing is ever sent twice, and nothing before the gate is open.
    /// So everything that can fail without harm comes before the gate.
    func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
        guard !request.names.emails.isEmpty else {
            return .rejected(OrderRejection(reason: "this CA certifies mail addresses, and the request has none"))
        }
        // A CA refuses weak keys itself; this one signs what it is given.
        let key = try request.csr.publicKey
        guard key.keyType != nil else {
            return .rejected(OrderRejection(reason: "this CA certifies no key of \(key.algorithmName)"))
        }
        if let issued = try ca.certificate(reference: request.reference) { return .issued(issued) }
        let leaf = try ca.sign(request, days: request.validityDays ?? validityDays, now: clock.now())
        try await gate.open()
        return .issued(try ca.record(leaf, reference: request.reference))
    }

    private static func readValidity(_ profile: ConnectorProfile, _ collector: DiagnosticCollector) -> Int {
        guard let node = profile.sections["example"] else { return 365 }
        let reader = MappingReader(node, path: "example", collector: collector)
        defer { reader.finish(known: profileKeys.names(in: "example")) }
        return reader.int("validityDays", in: profileKeys.range(of: "example.validityDays")) ?? 365
    }
}

/// Each further ability is a conformance: this one lets the gateway find an order again whose answer was lost.
extension ExampleConnector: OrderFinding {
    func find(_ request: CertificateRequest) async throws -> OrderSearchResult {
        try ca.certificate(reference: request.reference).map { .found(.issued($0)) } ?? .absent
    }
}
