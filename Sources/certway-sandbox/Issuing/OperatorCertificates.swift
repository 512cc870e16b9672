// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import PKIX
import Secrets

/// The CA of a sandbox's operators: makes client certificates and says whose a presented one is.
final class OperatorCertificates: Sendable {
    /// What a TLS client showed.
    enum Presented: Sendable {
        case missing
        /// By another CA, or for another purpose.
        case foreign
        case expired
        case valid(Certificate)
    }

    let root: Certificate
    private let key: PrivateKey
    private let name: String
    private let clock: SandboxClock
    private let switches: CASwitches

    init(name: String, clock: SandboxClock, switches: CASwitches) throws {
        self.name = name
        self.clock = clock
        self.switches = switches
        key = try PrivateKey.generate(.p256)
        let start = clock.now.addingTimeInterval(-800 * 86_400)
        root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("O", "\(name) Sandbox"), ("CN", "\(name) Operator CA")],
            publicKey: try key.publicKey, notBefore: start, notAfter: start.addingTimeInterval(20 * 365 * 86_400)
        ).selfSigned(key: key)
    }

    /// A client certificate of this CA.
    ///
    /// - Parameters:
    ///   - commonName: of the operator.
    ///   - days: of validity from now; negative ones make a certificate that ended so many days ago.
    ///   - purposes: client authentication and what else it is for.
    func make(
        _ commonName: String, days: Int = 365, keyType: KeyType = .rsa2048,
        purposes: [KeyPurpose] = [.clientAuthentication]
    ) throws -> OperatorCertificate {
        try OperatorCertificate.make(
            subject: [("O", "\(name) Sandbox"), ("CN", commonName)], days: days, now: clock.now, keyType: keyType,
            purposes: purposes
        ) { try $0.signed(by: root, key: key) }
    }

    /// A certificate with the same names by a CA that nobody knows.
    func makeForeign(_ commonName: String) throws -> OperatorCertificate {
        try OperatorCertificates(name: name, clock: clock, switches: CASwitches()).make(commonName)
    }

    /// Looks at what came with a TLS connection.
    func check(_ request: ServerRequest) -> Presented {
        guard let leaf = request.clientCertificateChain.first.flatMap({ try? Certificate(der: $0) }) else {
            return .missing
        }
        if switches.disobeys(.acceptsAnyCredentials) { return .valid(leaf) }
        guard leaf.isIssued(by: root), leaf.extendedKeyUsage.contains(.clientAuthentication) else { return .foreign }
        return leaf.isValid(at: clock.now) && !switches.credentialsExpired ? .valid(leaf) : .expired
    }
}
