// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import PKIX
import Synchronization
import YAMLDocuments

/// A CA of our own that is in one state, or cannot say in which.
final class ScriptedAuthority: AuthorityRunning {
    static let kind: ConnectorKind = "scripted"

    /// What keeps its state from being read.
    let failure = Mutex<ConnectorError?>(nil)
    private let now: AuthorityState

    init(_ state: AuthorityState) { now = state }

    init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws {
        throw ConnectorError(.configuration, "it is made by hand")
    }

    static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic] { [] }

    func state() async throws -> AuthorityState {
        if let failure = failure.withLock({ $0 }) { throw failure }
        return now
    }

    func maintain() async throws -> [String] { [] }

    func check() async throws -> AccountReport { AccountReport(account: "scripted") }

    func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome {
        throw Self.never
    }

    private static var never: ConnectorError { ConnectorError(.configuration, "nobody's hands are on it") }

    static func createAuthority(_ settings: ConnectorSettings, _ ceremony: AuthorityCeremony) throws -> [Certificate] {
        throw never
    }

    static func signCRLs(
        _ settings: ConnectorSettings, _ ceremony: AuthorityCeremony
    ) throws -> [CertificateRevocationList] { throw never }

    static func revokeCertificate(
        _ settings: ConnectorSettings, _ ceremony: AuthorityCeremony, serialNumber: SerialNumber,
        certificate: Certificate?, reason: RevocationReason
    ) throws -> CertificateRevocationList { throw never }

    static func signRootCRL(
        _ settings: ConnectorSettings, _ ceremony: AuthorityCeremony, revoking serialNumber: SerialNumber?,
        reason: RevocationReason
    ) throws -> CertificateRevocationList { throw never }

    static func renewAuthority(
        _ settings: ConnectorSettings, _ ceremony: AuthorityCeremony, newKey: KeyType?
    ) throws -> [Certificate] { throw never }

    static func retireAuthority(
        _ settings: ConnectorSettings, _ ceremony: AuthorityCeremony, revokingAll reason: RevocationReason?
    ) throws -> [CertificateRevocationList] { throw never }
}
