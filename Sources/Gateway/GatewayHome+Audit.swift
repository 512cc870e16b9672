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
        guard let bytes = try? SettingsFile(path: auditFile).bytes(), let json = try? JSONValue(parsing: bytes) else {
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
