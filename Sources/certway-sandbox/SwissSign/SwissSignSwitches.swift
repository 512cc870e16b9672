// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// What the control API can change at this CA alone (wire/cmc.md section 8).
struct SwissSignSwitches: Sendable {
    /// Which status controls an answer has.
    enum Status: String, CaseIterable {
        case v2, v1, both
        /// None where everything succeeded.
        case none
    }

    /// A lie about the answer itself.
    enum FalseAnswer: String, CaseIterable {
        case badSignature, foreignResponder, wrongContentType, wrongNonce, wrongTransaction, noCertificate
    }

    /// What an answer to a poll says of a request that still waits.
    enum PendingInfo: String, CaseIterable {
        case repeated, omitted, later
    }

    static let initial: [String: JSONValue] = [
        "status": .string(Status.v2.rawValue), "answer": .null, "pendingInfo": .string(PendingInfo.repeated.rawValue),
        "ber": false, "subjectKeyIdentifier": false, "certsOnly": false, "nonces": true, "transactionID": true,
        "emptyBodyList": false, "confirmRequired": false, "partial": false, "failInfo": .null,
        "refusesWithStatus": false, "exactContentType": false, "refusesKeyReuse": false, "unknownDomainsWait": false,
        "needsAddress": true, "revokedTwiceFails": false, "checksReplay": true, "trustedOperator": .null,
        "trustedDomains": [], "adoptedCertificate": .null, "serverNonce": .null, "firstToken": 1,
    ]

    let switches: CASwitches

    var status: Status { text("status").flatMap(Status.init) ?? .v2 }
    var falseAnswer: FalseAnswer? { text("answer").flatMap(FalseAnswer.init) }
    var pendingInfo: PendingInfo { text("pendingInfo").flatMap(PendingInfo.init) ?? .repeated }
    /// Indefinite lengths and a chunked eContent.
    var encodesBER: Bool { flag("ber") }
    var namesSignerByKeyIdentifier: Bool { flag("subjectKeyIdentifier") }
    /// A simple response where everything succeeded and nothing else must be said.
    var answersCertsOnly: Bool { flag("certsOnly") }
    var sendsNonces: Bool { flag("nonces") }
    var sendsTransactionID: Bool { flag("transactionID") }
    /// As a public server does it when it fails.
    var emptiesBodyList: Bool { flag("emptyBodyList") }
    var wantsConfirmation: Bool { flag("confirmRequired") }
    /// The last of several requests in a message waits for an approver.
    var issuesPartially: Bool { flag("partial") }
    /// With what every request for a certificate fails.
    var failInfo: CMCFailInfo? { switches.own("failInfo")?.int.map(CMCFailInfo.init) }
    /// HTTP 403 in place of badMessageCheck and badIdentity.
    var refusesWithStatus: Bool { flag("refusesWithStatus") }
    /// `application/pkcs7-mime` and nothing after it.
    var wantsExactContentType: Bool { flag("exactContentType") }
    var refusesKeyReuse: Bool { flag("refusesKeyReuse") }
    var unknownDomainsWait: Bool { flag("unknownDomainsWait") }
    var needsAddress: Bool { flag("needsAddress") }
    /// Revoking what is revoked is a success otherwise.
    var revokedTwiceFails: Bool { flag("revokedTwiceFails") }
    /// Nonces must be new and known, and a transaction asks for one thing only.
    var checksReplay: Bool { flag("checksReplay") }
    /// An operator from outside, as PEM.
    var trustedOperator: Certificate? { text("trustedOperator").flatMap { try? Certificate(pem: $0) } }
    /// Mail domains beside the tenant's.
    var trustedDomains: [String] { switches.own("trustedDomains")?.array?.compactMap(\.string) ?? [] }
    /// A certificate from outside that counts as issued here, as PEM.
    var adoptedCertificate: Certificate? { text("adoptedCertificate").flatMap { try? Certificate(pem: $0) } }
    /// What every answer has for a nonce, in hex.
    var serverNonce: [UInt8]? { text("serverNonce").flatMap(SerialNumber.init(hex:))?.bytes }
    /// The number of the first request.
    var firstToken: Int { switches.own("firstToken")?.int ?? 1 }

    private func text(_ name: String) -> String? { switches.own(name)?.string }
    private func flag(_ name: String) -> Bool { switches.own(name)?.bool == true }
}
