// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What Exchange keeps of each recipient beside the directory: who may open it, who may send as it, its certificates.
final class MailboxStore: Sendable {
    /// Of one recipient.
    struct Recipient: Sendable {
        /// Object ids of people and groups with full access, in the order in which they got it.
        var delegates: [String] = []
        /// The same for sending as.
        var senders: [String] = []
        /// Rows printed as they are, in addition.
        var rows: [MailboxPermission] = []
        /// DER, in the order in which they came.
        var userCertificates: [[UInt8]] = []
        var userSMIMECertificates: [[UInt8]] = []
    }

    /// The JSON forms in which a list of bytes can come (wire/exchange-online.md section 3).
    enum Form: String, Sendable, CaseIterable { case base64, numbers, hashtable }

    /// What tests can change of the service.
    struct Switches: Sendable {
        /// Whether the application has a role that lets it read and write recipients.
        var hasRole = true
        /// Forms that are refused as an unknown parameter type.
        var refused: Set<Form> = []
        /// Forms that are accepted and change nothing.
        var ignored: Set<Form> = []
        /// Cmdlets for which the role gives no right.
        var hiddenCmdlets: Set<String> = []
        /// Permission lists come without rows, as from a service that has lost its way.
        var showsNoPermissions = false
        /// Most elements of a page, whatever was asked.
        var pageSize = 1000
    }

    private struct Guarded {
        var recipients: [String: Recipient] = [:]
        var switches = Switches()
    }

    private let guarded = Mutex(Guarded())

    var switches: Switches { guarded.withLock { $0.switches } }

    func set(_ body: (inout Switches) -> Void) { guarded.withLock { body(&$0.switches) } }

    /// - Parameter id: object id, lower case.
    subscript(_ id: String) -> Recipient { guarded.withLock { $0.recipients[id] ?? Recipient() } }

    func change(_ id: String, _ body: (inout Recipient) -> Void) {
        guarded.withLock { body(&$0.recipients[id, default: Recipient()]) }
    }

    func remove(_ id: String) { guarded.withLock { $0.recipients[id] = nil } }
}
