// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// Reads the body of a create or update call and refuses what the service would refuse (wire/intune-pfx.md sections 2, 5).
struct PFXBodyReader {
    let directory: TenantDirectory
    let now: Date

    private static let purposes = ["unassigned", "smimeEncryption", "smimeSigning", "vpn", "wifi"]
    private static let paddings = ["none", "pkcs1", "oaepSha1", "oaepSha256", "oaepSha384", "oaepSha512"]
    private static let required: Set<String> = [
        "thumbprint", "intendedPurpose", "userPrincipalName", "startDateTime", "expirationDateTime", "providerName",
        "keyName", "paddingScheme", "encryptedPfxBlob", "encryptedPfxPassword",
    ]
    private static let optional: Set<String> = ["id", "@odata.type", "createdDateTime", "lastModifiedDateTime"]

    func read(_ call: Call) throws(Reply) -> UserPFXCertificate {
        guard call.isOfType("application/json") else {
            throw GraphError.badRequest("Write requests must carry Content-Type: application/json.")
        }
        guard let members = call.json?.object else {
            throw GraphError.badRequest("Unable to read JSON request payload.")
        }
        for name in members.keys.sorted() where !Self.required.contains(name) && !Self.optional.contains(name) {
            throw GraphError.badRequest("The property '\(name)' is not valid in the Graph request body.")
        }
        for name in Self.required.sorted() where members[name]?.string?.isEmpty ?? true {
            throw refusal("'\(name)' is missing or is not a text")
        }
        let text = { (name: String) in members[name]?.string ?? "" }
        guard text("id").isEmpty else { throw refusal("'id' is made by the server") }
        let type = text("@odata.type")
        guard type.isEmpty || type == "#microsoft.graph.userPFXCertificate" else {
            throw GraphError.badRequest("A type named '\(type)' could not be resolved.")
        }
        let thumbprint = text("thumbprint")
        guard thumbprint.utf8.count == 40, thumbprint.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else {
            throw refusal("'thumbprint' is not 40 lower-case hex digits")
        }
        guard let number = directory.presentNumber(text("userPrincipalName")) else {
            throw refusal("there is no user with that principal name")
        }
        let user = directory.state.person(number).id.filter { $0 != "-" }
        let dates = (start: try date("startDateTime", text), end: try date("expirationDateTime", text))
        guard dates.start < dates.end else { throw refusal("'expirationDateTime' is not after 'startDateTime'") }
        let padding = try word("paddingScheme", text, among: Self.paddings)
        guard ["oaepSha256", "oaepSha384", "oaepSha512"].contains(padding) else {
            throw refusal("'paddingScheme' \(padding) is no longer supported")
        }
        try checkBinary(text("encryptedPfxBlob"), text("encryptedPfxPassword"))
        return UserPFXCertificate(
            id: "\(user)-\(thumbprint)", thumbprint: thumbprint,
            intendedPurpose: try word("intendedPurpose", text, among: Self.purposes),
            userPrincipalName: text("userPrincipalName"), startDate: dates.start, expirationDate: dates.end,
            providerName: text("providerName"), keyName: text("keyName"), paddingScheme: padding,
            encryptedBlob: text("encryptedPfxBlob"), encryptedPassword: text("encryptedPfxPassword"), created: now,
            lastModified: now)
    }

    private func date(_ name: String, _ text: (String) -> String) throws(Reply) -> Date {
        guard let date = Timestamp.read(text(name)) else {
            throw GraphError.badRequest(
                "Cannot convert the literal of '\(name)' to the expected type 'Edm.DateTimeOffset'.")
        }
        return date
    }

    /// A member of an enumeration: read in any case, kept in camel case.
    private func word(_ name: String, _ text: (String) -> String, among words: [String]) throws(Reply) -> String {
        let found = text(name).lowercased()
        guard let word = words.first(where: { $0.lowercased() == found }) else {
            throw GraphError.badRequest("Requested value '\(text(name))' of '\(name)' was not found.")
        }
        return word
    }

    private func checkBinary(_ blob: String, _ password: String) throws(Reply) {
        guard let blob = Data(base64Encoded: blob), blob.count > 1 else {
            throw GraphError.badRequest("Cannot convert the literal of 'encryptedPfxBlob' to the type 'Edm.Binary'.")
        }
        // RSA 2048 and more; the ciphertext is as long as the modulus (wire/intune-pfx.md section 10).
        guard let password = Data(base64Encoded: password), password.count >= 256, password.count % 64 == 0 else {
            throw refusal("'encryptedPfxPassword' is not the base64 of an RSA ciphertext")
        }
    }

    private func refusal(_ reason: String) -> Reply { IntuneError.reply(400, "BadRequest", reason: reason) }
}
