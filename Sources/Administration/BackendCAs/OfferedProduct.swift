// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments

/// A product that a CA account may order.
public struct OfferedProduct: Sendable {
    public let product: CAProduct
    /// Whether the connector profile knows it.
    public let isInProfile: Bool

    public var json: JSONValue {
        [
            "id": .string(product.id), "title": .string(product.title), "isInProfile": JSONValue(isInProfile),
            "details": .object(product.details.mapValues(JSONValue.string)),
        ]
    }
}
