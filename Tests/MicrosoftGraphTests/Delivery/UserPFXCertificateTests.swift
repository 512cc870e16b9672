// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import Testing

@testable import Delivery

/// Whether an entity in Intune is what we would write.
@Suite struct UserPFXCertificateTests {
    private static let entity: [String: JSONValue] = [
        "id": "7f0c-aa", "thumbprint": "aa", "intendedPurpose": "smimeEncryption",
        "userPrincipalName": "ada@example.org", "startDateTime": "2026-01-01T00:00:00Z",
        "expirationDateTime": "2027-01-01T00:00:00Z", "providerName": "P", "keyName": "K",
        "paddingScheme": "oaepSha512",
    ]

    @Test(arguments: entity.keys.filter { $0 != "id" }.sorted()) func everyPropertyCounts(_ name: String) {
        let written = UserPFXCertificate(.object(Self.entity))
        var other = Self.entity
        other[name] = name.hasSuffix("DateTime") ? "2026-06-01T00:00:00Z" : "another"
        #expect(UserPFXCertificate(.object(other)).differences(from: written) == [name])
        other[name] = nil
        #expect(UserPFXCertificate(.object(other)).differences(from: written) == [name])
    }

    @Test func spellingsOfTheServiceAreNoDifference() {
        var other = Self.entity
        other["intendedPurpose"] = "SmimeEncryption"
        other["userPrincipalName"] = "Ada@Example.org"
        other["startDateTime"] = "2026-01-01T00:00:00.0000000Z"
        let written = UserPFXCertificate(.object(Self.entity))
        #expect(UserPFXCertificate(.object(other)).differences(from: written).isEmpty)
    }
}
