// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

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

    public static let smallestModulusBits = 2048
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
            report(.error, "the certificate expired on \(certificate.notAfter.day); renew it and put the new one in")
        } else if date < certificate.notBefore {
            report(.error, "the certificate is not valid before \(certificate.notBefore.day)")
        } else if date + Self.expiryNotice > certificate.notAfter {
            report(.warning, "the certificate expires on \(certificate.notAfter.day); renew it in time")
        }
        guard let key = try? certificate.publicKey, key.isRSA || key.isEC else {
            report(.error, "expected an RSA or EC key, which can be encrypted for, found another algorithm")
            return findings
        }
        if key.isRSA && key.bits < Self.smallestModulusBits {
            report(.error, "the RSA key has \(key.bits) bits, at least \(Self.smallestModulusBits) are needed")
        }
        // RFC 5280 §4.2.1.3: RSA takes the content key by encipherment, a curve by agreement.
        let needed: KeyUsage = key.isRSA ? .keyEncipherment : .keyAgreement
        if let usage = certificate.keyUsage, !usage.contains(needed) {
            report(.error, "the certificate is for \(usage), expected \(needed)")
        }
        return findings
    }

    /// What is wrong with a template's agents: of each one, and of all together.
    public static func findings(_ agents: [KeyRecoveryAgent], at date: Date) -> [Finding] {
        var findings = agents.flatMap { $0.findings(at: date) }
        if agents.isEmpty {
            findings.append(
                Finding(
                    severity: .error, message: "there is no key recovery agent, so keys cannot be archived; name one"))
        } else if Set(agents.map(\.certificate)).count < 2 {
            findings.append(
                Finding(
                    severity: .warning,
                    message:
                        "there is one key recovery agent only: if its key is lost, so is the archive; name a second"))
        }
        return findings
    }
}

extension Date {
    /// `2026-01-31`, UTC.
    fileprivate var day: String { String(ISO8601Format().prefix(10)) }
}
