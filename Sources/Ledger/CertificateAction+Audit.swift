// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Records

extension CertificateAction {
    /// A record of what was decided or done about it.
    ///
    /// - Parameters:
    ///   - before: the action as it was; nil for one that is new.
    ///   - cause: why; nil for why it was asked for.
    func audited(
        _ name: AuditAction, _ serialNumber: String, by actor: AuditActor, person: String?,
        from before: CertificateAction? = nil, because cause: String? = nil
    ) -> AuditEntry {
        AuditEntry(
            name, AuditObject(.certificate, serialNumber), by: actor, person: person, before: before?.auditState,
            after: auditState, outcome: state == .failed ? .failed : .done, reason: cause ?? self.cause)
    }

    private var auditState: JSONValue {
        [
            "state": .string(state.rawValue), "reason": JSONValue(reason?.name), "backendCA": .string(backendCA),
            "notBefore": JSONValue(notBefore.map(AuditRecord.moment)), "holdReason": JSONValue(holdReason),
        ]
    }
}
