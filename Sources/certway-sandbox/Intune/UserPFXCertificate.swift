// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// One imported PFX as Intune keeps it (wire/intune-pfx.md section 2).
struct UserPFXCertificate: Sendable {
    var id: String
    var thumbprint: String
    var intendedPurpose: String
    var userPrincipalName: String
    var startDate: Date
    var expirationDate: Date
    var providerName: String
    var keyName: String
    var paddingScheme: String
    var encryptedBlob: String
    var encryptedPassword: String
    var created: Date
    var lastModified: Date

    /// - Parameter showsSecrets: true only for the control API; Graph never shows them.
    func json(showsSecrets: Bool = false) -> JSONValue {
        [
            "id": .string(id), "thumbprint": .string(thumbprint), "intendedPurpose": .string(intendedPurpose),
            "userPrincipalName": .string(userPrincipalName), "startDateTime": .string(Timestamp.utc(startDate)),
            "expirationDateTime": .string(Timestamp.utc(expirationDate)), "providerName": .string(providerName),
            "keyName": .string(keyName), "paddingScheme": .string(paddingScheme),
            "encryptedPfxBlob": .string(showsSecrets ? encryptedBlob : "AA=="),
            "encryptedPfxPassword": .string(showsSecrets ? encryptedPassword : ""),
            "createdDateTime": .string(Timestamp.utc(created)),
            "lastModifiedDateTime": .string(Timestamp.utc(lastModified)),
        ]
    }
}
