// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import YAMLDocuments

/// What every connector can do; all else is an ability, a small protocol of its own.
///
/// The host makes one connector per backend CA and calls it from many tasks at once. Every call must be cancellable and
/// bounded in time. Waiting and refusal are results; a thrown `ConnectorError` says who must act. A connector never
/// retries an order by itself and keeps no state the gateway would miss after a crash: the ledger does both.
public protocol CertificateAuthorityConnector: Sendable {
    /// The protocol family; equal to `module:` of the profiles it runs.
    static var kind: ConnectorKind { get }

    /// Everything wrong with the parts of a profile that only this kind understands (login, operations, errors …).
    ///
    /// Called offline for `connector validate` and before `init`; must neither read files nor use the network.
    static func diagnose(_ profile: ConnectorProfile) -> [Diagnostic]

    /// Makes a connector; cheap, without network.
    ///
    /// - Throws: `ConnectorError` of kind `configuration` for values that `diagnose` cannot see, such as a certificate
    ///   file that does not parse.
    init(profile: ConnectorProfile, settings: ConnectorSettings, services: ConnectorServices) throws

    /// Reachable, authorised, may issue? Costs one or a few reading calls; never an order.
    func check() async throws -> AccountReport

    /// Orders one certificate. The host has committed intent, key and reference before, and records what comes back.
    ///
    /// Only three things prove that an order was not taken: the gate is still closed; not a byte has left, which the error says by
    /// `hasSurelyNotLeft`; or the CA said so in words that its protocol or profile names. Every other failure is thrown as
    /// `outcomeUnknown`: the host then searches by reference and never orders again blindly.
    ///
    /// - Parameter gate: opened right before the request leaves, and never sent without.
    func enroll(_ request: CertificateRequest, gate: SubmissionGate) async throws -> EnrollmentOutcome
}
