// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// Everything the account holds at one moment.
struct DigiCertState {
    let switches: CASwitches
    private(set) var orders: [Int: DigiCertOrder] = [:]
    private(set) var certificates: [Int: DigiCertCertificate] = [:]
    private(set) var requests: [Int: ApprovalRequest] = [:]
    /// Mail domains whose control is proven: no address in them needs a link of its own.
    var validatedDomains: Set<String> = []
    /// When the link of an address was clicked last, by the address in lower case.
    var validatedEmails: [String: Date] = [:]
    /// Domains added through the API, by id.
    var domains: [Int: MailDomain] = [:]
    /// When the last order came, by the machine's clock.
    var lastPlaced = Date.distantPast
    private var nextOrder = 900_100
    private var nextCertificate = 456_789
    private var nextRequest = 300_200
    private var nextDomain = 98

    init(switches: CASwitches) { self.switches = switches }

    mutating func newOrderID() -> Int { numbered(Self.take(&nextOrder) - 900_100, 900_100) }
    mutating func newCertificateID() -> Int { numbered(Self.take(&nextCertificate) - 456_789, 456_789) }
    mutating func newRequestID() -> Int { numbered(Self.take(&nextRequest) - 300_200, 300_200) }
    mutating func newDomainID() -> Int { Self.take(&nextDomain) }

    mutating func set(_ order: DigiCertOrder) { orders[order.id] = order }
    mutating func set(_ certificate: DigiCertCertificate) { certificates[certificate.id] = certificate }
    mutating func set(_ request: ApprovalRequest) { requests[request.id] = request }

    mutating func setStatus(_ status: DigiCertOrder.Status, of order: Int, at now: Date) {
        orders[order]?.status = status
        orders[order]?.statusChanged = now
    }

    /// A click counts for so long (S/MIME Baseline Requirements, 4.2.1), in seconds.
    private static let proofLifetime: TimeInterval = 30 * 86_400

    /// Whether control of the address is proven. Nobody can prove one of Microsoft's own domain.
    func isProven(_ email: String, at now: Date) -> Bool {
        let email = email.lowercased()
        let domain = email.split(separator: "@").last.map(String.init) ?? ""
        let isClicked = validatedEmails[email].map { now.timeIntervalSince($0) <= Self.proofLifetime } ?? false
        return !domain.hasSuffix(".onmicrosoft.com") && (validatedDomains.contains(domain) || isClicked)
    }

    /// An order by its id, or by serial number or thumbprint of its primary certificate.
    func order(_ key: String) -> DigiCertOrder? {
        if switches.disobeys(.forgetsOrders) { return nil }
        if let id = Int(key), let order = orders[id] { return order }
        let named = certificates.values.first {
            ($0.serialNumber == key.uppercased() || $0.thumbprint == key.uppercased()) && $0.origin != .duplicate
        }
        if let named { return orders[named.orderID] }
        return switches.disobeys(.unknownOrderIsIssued) ? orders.values.first { $0.status == .issued } : nil
    }

    /// A certificate by its id or serial number.
    func certificate(_ key: String) -> DigiCertCertificate? {
        if switches.disobeys(.forgetsOrders) { return nil }
        if let id = Int(key), let certificate = certificates[id] { return certificate }
        return certificates.values.first { $0.serialNumber == key.uppercased() }
    }

    private func numbered(_ count: Int, _ usual: Int) -> Int { count + (switches.firstOrderID ?? usual) }

    private static func take(_ counter: inout Int) -> Int {
        defer { counter += 1 }
        return counter
    }
}
