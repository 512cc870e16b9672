// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import JSONDocuments
import Records
import Store

/// Somebody asked for an archived key: who, whose, with whose certificate, what for, and what came of it.
public struct KeyRecoveryAttempt: Sendable, Hashable {
    public enum Outcome: String, Sendable, CaseIterable, SQLRepresentable {
        /// The key was opened and handed out.
        case recovered
        /// The archive record was handed out, still encrypted.
        case exported
        /// Not allowed or not possible; nothing was opened.
        case refused
        /// Tried and not opened, such as with a wrong agent's key.
        case failed
    }

    public internal(set) var at = Date(timeIntervalSince1970: 0)
    /// Nil when no certificate was found.
    public var orderID: Int64?
    /// Serial number; what was asked for when no certificate was found.
    public var certificate: String
    /// User principal name of the certificate's owner.
    public var subscriber: String?
    /// Who asked.
    public var actor: String
    /// Why, in the words of who asked.
    public var purpose: String
    public var agent: String?
    /// SHA-256 of the agent's certificate, hexadecimal.
    public var agentFingerprint: String?
    public var outcome = Outcome.failed
    /// One sentence; empty for a success.
    public var detail = ""

    public init(certificate: String, actor: String, purpose: String) {
        self.certificate = certificate
        self.actor = actor
        self.purpose = purpose
    }

    /// As the order's timeline has it.
    var sentence: String {
        let what =
            switch outcome {
            case .recovered: "archived key opened"
            case .exported: "archive record handed out, still encrypted"
            case .refused: "recovery of the key refused"
            case .failed: "recovery of the key failed"
            }
        let with = agentFingerprint.map { ", agent certificate \($0)" } ?? ""
        return "\(what) for \(actor)\(with), purpose: \(purpose)" + (detail.isEmpty ? "" : ": \(detail)")
    }

    var audited: AuditEntry {
        AuditEntry(
            outcome == .exported ? .exportKey : .recoverKey, AuditObject(.key, certificate),
            by: AuditActor(named: actor), person: subscriber,
            after: ["agent": JSONValue(agent), "agentFingerprint": JSONValue(agentFingerprint)],
            outcome: outcome == .refused ? .refused : outcome == .failed ? .failed : .done,
            reason: detail.isEmpty ? purpose : "\(purpose); \(detail)")
    }

    var eventKind: String {
        switch outcome {
        case .recovered: "keyRecovered"
        case .exported: "keyExported"
        case .refused, .failed: "keyRecoveryFailed"
        }
    }
}
