// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
public import Records
import Settings

extension GatewayHome {
    /// Holds what the end of the audit trail was when somebody looked.
    var auditFile: String { "\(path)/certway.audit" }

    /// What the end of the audit trail was when it was last verified or exported from this folder; nil where nobody has.
    public var auditMark: AuditMark? {
        guard let bytes = try? SettingsFile(own: auditFile).bytes(), let json = try? JSONValue(parsing: bytes) else {
            return nil
        }
        return AuditMark(json: json)
    }

    /// Keeps what the end of the audit trail is now: whoever cuts the trail behind it, or makes it anew, is found out.
    ///
    /// - Throws: `FileError`.
    public func keep(_ mark: AuditMark) throws(FileError) {
        try CompleteFile(path: auditFile).replace(Array((mark.json.text + "\n").utf8))
    }
}

extension GatewayStore {
    /// Compares the audit trail with what its end was when it was looked at before, and keeps what it is now; a few look-ups.
    ///
    /// - Returns: what is not as it was, in one sentence with the next step; nil when nothing is.
    public func lookAtAuditTrail() async throws -> String? {
        let mark = home.auditMark
        if let mark, let breach = try await ledger.audit.breach(of: mark) {
            return
                "\(breach): somebody has changed it, or put an older database in its place; 'certway audit verify' says more"
        }
        if let end = try await ledger.audit.end(), end != mark { try home.keep(end) }
        return nil
    }
}
