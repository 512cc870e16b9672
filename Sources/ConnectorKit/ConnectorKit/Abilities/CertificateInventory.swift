// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Lists the orders the CA holds for our account, page by page.
public protocol CertificateInventory: CertificateAuthorityConnector {
    /// - Parameter cursor: nil for the first page, then what the page before gave.
    func inventory(from cursor: String?) async throws -> InventoryPage
}

/// One page of an inventory.
public struct InventoryPage: Sendable {
    public var entries: [InventoryEntry]
    /// Where the next page begins; nil on the last one.
    public var next: String?

    public init(entries: [InventoryEntry], next: String?) {
        self.entries = entries
        self.next = next
    }
}

/// One order as the CA's list shows it.
public struct InventoryEntry: Sendable, Hashable {
    public var order: CAOrder
    /// The CA's own word for the state.
    public var status: String
    public var product: String?
    public var commonName: String?
    /// Upper-case hex, if the list carries it.
    public var serialNumber: String?
    /// Last day of validity as the CA writes it.
    public var validTill: String?

    public init(
        order: CAOrder, status: String, product: String? = nil, commonName: String? = nil, serialNumber: String? = nil,
        validTill: String? = nil
    ) {
        self.order = order
        self.status = status
        self.product = product
        self.commonName = commonName
        self.serialNumber = serialNumber
        self.validTill = validTill
    }
}
