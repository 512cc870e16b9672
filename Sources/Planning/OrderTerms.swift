// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Delivery
import Foundation
import JSONDocuments
import Ledger
import PKIX
import Settings

/// What an order was planned with, kept in its row: a template that changes later does not change orders under way.
public struct OrderTerms: Sendable, Hashable {
    public var keyType: KeyType
    public var purpose: CertificatePurpose
    public var validityDays: Int?
    public var options: JSONValue
    /// Names of the agents the key is archived for; empty for no archive.
    public var keyRecoveryAgents: [String]
    public var delivery: TemplateConfiguration.DeliveryTarget
    public var intendedPurpose: IntendedPurpose
    /// Whether a sealed copy of the key is kept as long as somebody is to have it on devices.
    public var keepsKey = false
    /// Whether it is for a shared mailbox, and goes to those who may open that.
    public var isForMailbox = false
    /// The request that somebody has brought, DER; nil where the gateway makes the key.
    public var csr: [UInt8]?

    public init(template: TemplateConfiguration) {
        keyType = template.key
        purpose = template.purpose
        validityDays = template.validityDays
        options = template.options
        keyRecoveryAgents = template.keyRecoveryAgents
        delivery = template.delivery
        intendedPurpose = template.intendedPurpose
        (keepsKey, isForMailbox) = (template.keepsKeys, template.mailboxes != nil)
    }

    private static let keepsKeyMember = Order.keepsKeyMember

    /// The form in the order's row.
    public var json: JSONValue {
        var json: JSONValue = [
            "keyType": .string(keyType.rawValue), "purpose": .string(purpose.rawValue),
            "validityDays": validityDays.map { JSONValue($0) } ?? .null, "options": options,
            "keyRecoveryAgents": JSONValue(keyRecoveryAgents), "delivery": .string(delivery.rawValue),
            "intendedPurpose": .string(intendedPurpose.rawValue),
        ]
        // Orders of people are compared with those of older versions.
        if let csr { json["csr"] = .string(Data(csr).base64EncodedString()) }
        if keepsKey { json[Self.keepsKeyMember] = true }
        if isForMailbox { json["isForMailbox"] = true }
        return json
    }

    /// - Throws: `EnrollmentError` for a row this version cannot read.
    public init(json: JSONValue) throws(EnrollmentError) {
        guard let keyType = json["keyType"]?.string.flatMap(KeyType.init(rawValue:)),
            let purpose = json["purpose"]?.string.flatMap(CertificatePurpose.init(rawValue:)),
            let delivery = json["delivery"]?.string.flatMap(TemplateConfiguration.DeliveryTarget.init(rawValue:)),
            let intendedPurpose = json["intendedPurpose"]?.string.flatMap(
                IntendedPurpose.init(rawValue:))
        else { throw EnrollmentError("the order's terms were written by another version of Certway") }
        self.keyType = keyType
        self.purpose = purpose
        self.delivery = delivery
        self.intendedPurpose = intendedPurpose
        validityDays = json["validityDays"]?.int
        options = json["options"] ?? [:]
        keepsKey = json[Self.keepsKeyMember]?.bool ?? false
        isForMailbox = json["isForMailbox"]?.bool ?? false
        csr = json["csr"]?.string.flatMap { Data(base64Encoded: $0) }.map(Array.init)
        keyRecoveryAgents = json["keyRecoveryAgents"]?.array?.compactMap(\.string) ?? []
    }
}
