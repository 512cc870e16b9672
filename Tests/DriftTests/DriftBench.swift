// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Foundation
import JSONDocuments
import Ledger

@testable import Drift
@testable import KeyHoldings

/// One person with one certificate that is as it should be everywhere; tests change one thing of it.
enum DriftBench {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let ada = "7f0c0000-0000-0000-0000-000000000001"
    static let bob = "7f0c0000-0000-0000-0000-000000000002"
    static let print = String(repeating: "a1", count: 20)

    static func certificate(
        _ id: Int64 = 1, of person: String = ada, thumbprint: String = print, status: CertificateStatus = .active,
        stage: OrderStage = .active, serial: String = "4FA1", order: String? = "4711", ends: TimeInterval = 300 * 86400
    ) -> LedgerCertificate {
        LedgerCertificate(
            id: id, orderID: id, serialNumber: serial, subscriberID: person, userPrincipalName: "ada@sandbox.example",
            template: "smime", backendCA: "public-ca", thumbprint: thumbprint, sha256Fingerprint: "sha256-\(id)",
            notAfter: now + ends, status: status, stage: stage, caRequestID: order, hasKeyOfOurs: true)
    }

    static func record(
        of person: String = ada, thumbprint: String = print, _ changes: [String: String] = [:]
    ) -> UserPFXCertificate {
        var json: JSONValue = [
            "id": .string(UserPFXCertificate.id(userID: person, thumbprint: thumbprint)),
            "thumbprint": .string(thumbprint), "intendedPurpose": "smimeEncryption",
            "userPrincipalName": "ada@sandbox.example",
            "startDateTime": .string((now - 86400).ISO8601Format()),
            "expirationDateTime": .string((now + 300 * 86400).ISO8601Format()), "providerName": "KSP",
            "keyName": "key", "paddingScheme": "oaepSha512",
        ]
        for (name, value) in changes { json[name] = .string(value) }
        return UserPFXCertificate(json)
    }

    static func holding(
        of person: String = ada, owner: String = ada, wanted: Bool, actual: KeyHolding.Actual = .present
    ) -> KeyHolding {
        KeyHolding(
            certificateID: 1, personID: person, userPrincipalName: "ada@sandbox.example", ownerID: owner,
            template: "smime", isWanted: wanted, actual: actual, connector: "k1", since: now, deliveredAt: now,
            nextActionAt: nil, failures: 0, problem: nil, orderID: 1, serialNumber: "4FA1", thumbprint: print,
            notBefore: now - 86400, notAfter: now + 300 * 86400, stage: "active", copy: .kept)
    }
}
