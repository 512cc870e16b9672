// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Refusals of Intune behind Graph: the message of the Graph error is a JSON text of its own (wire/intune-pfx.md section 9).
enum IntuneError {
    /// - Parameter reason: said on standard error only; the real service gives none either.
    static func reply(_ status: Int, _ code: String, reason: String) -> Reply {
        complain("intune: \(status) \(code): \(reason)")
        let activity = GUID.random()
        let inner: JSONValue = [
            "_version": 3,
            "Message": .string(
                "An error has occurred - Operation ID (for customer support): 00000000-0000-0000-0000-000000000000 - "
                    + "Activity ID: \(activity) - Url: https://fef.sandbox.manage.microsoft.com/RACerts/"
                    + "StatelessImportPFXService/\(activity)/deviceManagement/userPfxCertificates?api-version=5021-04-09"
            ),
            "CustomApiErrorPhrase": "", "RetryAfter": nil, "ErrorSourceService": "", "HttpHeaders": "{}",
        ]
        return GraphError.reply(status, code, inner.prettyText.replacingOccurrences(of: "\n", with: "\r\n"))
    }
}
