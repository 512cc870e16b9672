// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension TemplateConfiguration {
    /// Where a template orders when nothing stands against it.
    public struct Home: Sendable, Hashable {
        public let backendCA: String
        public let product: String
    }

    /// Whether new orders go to the second CA now.
    public var isFailedOver: Bool { home != nil }

    /// The CA and product of the configuration, whoever stands in for it now.
    public var configuredHome: Home { home ?? Home(backendCA: backendCA, product: product) }

    /// Whether a certificate of that CA and product is one that the template means: its own, or that of the CA which stands in for it.
    public func means(_ backendCA: String, _ product: String) -> Bool {
        let place = Home(backendCA: backendCA, product: product)
        return orders(backendCA, product) || place == home || isSecond(place)
    }

    /// Whether it orders at that CA and of that product now.
    public func orders(_ backendCA: String, _ product: String) -> Bool {
        Home(backendCA: backendCA, product: product) == Home(backendCA: self.backendCA, product: self.product)
    }

    private func isSecond(_ place: Home) -> Bool {
        failover.map { Home(backendCA: $0.backendCA, product: $0.product) == place } ?? false
    }

    /// Whether a certificate is of the CA that stands in for the template's own.
    public func isOfSecond(_ backendCA: String, _ product: String) -> Bool {
        let place = Home(backendCA: backendCA, product: product)
        return isSecond(place) && place != configuredHome
    }

    /// From now on it orders at the second CA; nothing where it names none, or orders somewhere else by now.
    ///
    /// - Parameter backendCA: the one that takes no orders.
    mutating func failOver(from backendCA: String) {
        guard let failover, self.backendCA == backendCA, home == nil else { return }
        home = Home(backendCA: self.backendCA, product: product)
        // What an order costs there, where somebody has said.
        price = price(product: failover.product, validityDays: nil)
        prices = prices.filter { $0.product == failover.product }
        (self.backendCA, product) = (failover.backendCA, failover.product)
        // Choices for the product of the one are none for that of the other.
        options = [:]
        fingerprint += " failed over"
    }
}
