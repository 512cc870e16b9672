// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Delivery
import JSONDocuments
import PKIX
import Settings

/// What somebody has chosen for one person's certificates in place of what the template says.
public struct OrderChoice: Sendable, Hashable {
    public var product: String?
    public var validityDays: Int?
    public var purpose: CertificatePurpose?
    /// The backend CA that the product is of: ids of one CA mean nothing, or something else, at another.
    public var backendCA: String?

    public init(
        product: String? = nil, validityDays: Int? = nil, purpose: CertificatePurpose? = nil, backendCA: String? = nil
    ) {
        self.product = product
        self.backendCA = backendCA
        self.validityDays = validityDays
        self.purpose = purpose
    }

    public var isEmpty: Bool { self == OrderChoice() }

    init(json: JSONValue) {
        self.init(
            product: json["product"]?.string, validityDays: json["validityDays"]?.int,
            purpose: json["purpose"]?.string.flatMap(CertificatePurpose.init(rawValue:)),
            backendCA: json["backendCA"]?.string)
    }

    public var json: JSONValue {
        [
            "product": JSONValue(product), "validityDays": validityDays.map { JSONValue($0) } ?? .null,
            "purpose": JSONValue(purpose?.rawValue), "backendCA": JSONValue(backendCA),
        ]
    }

    /// The product where orders of a template go to the CA that it was chosen for; nil for the template's own.
    func product(at template: TemplateConfiguration) -> String? {
        let isThere = backendCA.map { $0 == template.backendCA } ?? (template.caSwitch == nil && !template.isFailedOver)
        return isThere ? product : nil
    }
}

extension TemplateConfiguration {
    /// The template as it is for one person. A key that may not be archived is not, whatever the template archives.
    public func adjusted(by choice: OrderChoice?) -> TemplateConfiguration {
        guard let choice, !choice.isEmpty else { return self }
        var template = self
        let product = choice.product(at: self)
        template.price = price(product: product, validityDays: choice.validityDays)
        template.product = product ?? self.product
        template.validityDays = choice.validityDays ?? validityDays
        if let purpose = choice.purpose, purpose != self.purpose {
            template.purpose = purpose
            template.intendedPurpose = IntendedPurpose(purpose)
            if !purpose.isArchivable { template.keyRecoveryAgents = [] }
        }
        template.fingerprint += choice.json.text
        return template
    }
}
