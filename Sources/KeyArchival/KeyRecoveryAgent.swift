// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import YAMLDocuments

/// Somebody who can open archived keys: a name for people and the certificate that keys are encrypted for.
public struct KeyRecoveryAgent: Sendable, Hashable {
    /// Something about an agent, or about the set of them, that the operator should know.
    public struct Finding: Sendable, Hashable, CustomStringConvertible {
        public enum Severity: String, Sendable, Hashable {
            /// Works today, needs attention.
            case warning
            /// Keys must not be archived for this agent.
            case error
        }

        public var severity: Severity
        /// Names the agent, what was found, what was expected and the next step.
        public var message: String
        public var description: String { "\(severity.rawValue): \(message)" }
    }

    /// How long before its end an agent's certificate is reported.
    public static let expiryNotice: TimeInterval = 30 * 86400

    public var name: String
    public var certificate: Certificate

    public init(name: String, certificate: Certificate) {
        self.name = name
        self.certificate = certificate
    }

    /// What is wrong with this agent at `date`; offline.
    public func findings(at date: Date) -> [Finding] {
        var findings: [Finding] = []
        func report(_ severity: Finding.Severity, _ message: String) {
            findings.append(Finding(severity: severity, message: "key recovery agent \(name): \(message)"))
        }
        if date > certificate.notAfter {
            report(
                .error,
                "the certificate expired on \(CalendarDay.text(certificate.notAfter)); renew it and put the new one in")
        } else if date < certificate.notBefore {
            report(.error, "the certificate is not valid before \(CalendarDay.text(certificate.notBefore))")
        } else if date + Self.expiryNotice > certificate.notAfter {
            report(.warning, "the certificate expires on \(CalendarDay.text(certificate.notAfter)); renew it in time")
        }
        guard let key = try? certificate.publicKey else {
            report(.error, "the certificate's key cannot be read, expected an RSA or EC key")
            return findings
        }
        if let problem = key.unfitnessForEncryption { report(.error, problem) }
        guard key.isRSA || key.isEC else { return findings }
        // RFC 5280 §4.2.1.3: RSA takes the content key by encipherment, a curve by agreement.
        let needed: KeyUsage = key.isRSA ? .keyEncipherment : .keyAgreement
        if let usage = certificate.keyUsage, !usage.contains(needed) {
            report(.error, "the certificate is for \(usage), expected \(needed)")
        }
        return findings
    }

    /// What is wrong with a template's agents: of each one, and of all together.
    public static func findings(_ agents: [KeyRecoveryAgent], at date: Date) -> [Finding] {
        var findings = agents.flatMap { $0.findings(at: date) } + confusions(agents).map(\.finding)
        if agents.isEmpty {
            findings.append(
                Finding(
                    severity: .error, message: "there is no key recovery agent, so keys cannot be archived; name one"))
        } else if agents.count < 2 {
            findings.append(
                Finding(
                    severity: .warning,
                    message:
                        "there is one key recovery agent only: if its key is lost, so is the archive; name a second"))
        }
        return findings
    }

    /// Two who hold one key are one: what is lost with one of them is lost with both, and what one can do both can. And a record
    /// names its recipients by issuer and serial number (RFC 5652 §6.2.1): of two with the same it opens for one alone.
    ///
    /// - Returns: an error for each set of agents that are not told apart, with their names.
    public static func confusions(_ agents: [KeyRecoveryAgent]) -> [(names: [String], finding: Finding)] {
        let byKey = Dictionary(grouping: agents) { try? $0.certificate.publicKey }.filter { $0.key != nil }
        let byNumber = Dictionary(grouping: agents) { Identifier(of: $0.certificate) }
        func findings(_ sets: some Sequence<[KeyRecoveryAgent]>, _ what: String) -> [([String], Finding)] {
            sets.filter { $0.count > 1 }.map { agents in
                let names = agents.map(\.name).sorted()
                let message = "key recovery agents \(names.joined(separator: ", ")) have the same \(what)"
                return (names, Finding(severity: .error, message: message))
            }.sorted { $0.1.message < $1.1.message }
        }
        return findings(byKey.values, "key: give each a key of its own, or remove all but one")
            + findings(
                byNumber.values.filter { Set($0.map(\.certificate.der)).count > 1 },
                "issuer and serial number, by which a record names who can open it: give each a certificate of its own")
    }

    private struct Identifier: Hashable {
        let issuer: DistinguishedName
        let serialNumber: SerialNumber

        init(of certificate: Certificate) {
            issuer = certificate.issuer
            serialNumber = certificate.serialNumber
        }
    }
}
