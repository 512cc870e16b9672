// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Requests of one template with what has become of them, oldest first.
public struct OrderedRequests: Sendable {
    let all: [(request: SubmittedRequest, order: Order, certificate: CertificateRecord?)]

    /// Those whose certificate ends within a time, and that no newer certificate for the same hosts has followed, the earliest end first.
    public func ending(
        after start: Date, until end: Date
    ) -> [(request: SubmittedRequest, certificate: CertificateRecord)] {
        let issued = all.compactMap { one in one.certificate.map { (request: one.request, certificate: $0) } }
        // Also one that was revoked: whoever has revoked it knows.
        let latest = Dictionary(
            issued.map { (Set($0.request.hosts), $0.certificate.notAfter) }, uniquingKeysWith: max)
        return issued.filter {
            [.active, .expired].contains($0.certificate.status) && $0.certificate.notAfter > start
                && $0.certificate.notAfter <= end && latest[Set($0.request.hosts)] == $0.certificate.notAfter
        }.sorted { $0.certificate.notAfter < $1.certificate.notAfter }
    }

    /// The number of the newest request by its hosts, among those with a certificate in use or an order that may bring one.
    public var newest: [Set<String>: Int64] {
        let good = all.filter { $0.order.stage.isOpen || $0.certificate?.status == .active }
        return Dictionary(good.map { (Set($0.request.hosts), $0.request.id) }, uniquingKeysWith: max)
    }

    /// Those whose order has ended without a certificate since a date, and that no newer request for the same hosts has followed.
    public func failed(since date: Date) -> [(request: SubmittedRequest, order: Order)] {
        let newest = Dictionary(all.map { (Set($0.request.hosts), $0.request.id) }, uniquingKeysWith: max)
        return all.filter {
            $0.order.stage.isFinal && $0.order.certificateID == nil && $0.order.updatedAt > date
                && newest[Set($0.request.hosts)] == $0.request.id
        }.map { ($0.request, $0.order) }
    }
}
