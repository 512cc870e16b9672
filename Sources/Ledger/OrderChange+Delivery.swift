// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

extension OrderChange {
    static let deliveringKind = "delivering"

    /// The certificate and its key are about to leave for a person's devices. Intune files them under whoever has the name by then,
    /// so each name is kept before anything leaves under it.
    ///
    /// - Parameter userPrincipalName: the name written on the upload.
    public static func delivering(to userPrincipalName: String) -> OrderChange {
        OrderChange(
            deliveringKind, "leaves for the devices of \(userPrincipalName)",
            data: ["userPrincipalName": .string(userPrincipalName)])
    }

    static let strayedKind = "strayed"

    /// What a person has to know and to do, once the key of a certificate was found with somebody else.
    public static let strayedSentence =
        "taken out of Intune under another person: that person's devices may have fetched the key; revoke the certificate"

    /// The key was found with somebody else and is taken away there.
    ///
    /// - Parameter records: what Intune calls the uploads.
    public static func strayed(_ records: [String]) -> OrderChange {
        OrderChange(strayedKind, strayedSentence, data: ["records": JSONValue(records)]).sameFailure()
    }
}
