// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import PKIX

extension LocalCAConnector: OrderFinding {
    public var findsByReferenceAlone: Bool { true }

    public func find(_ request: CertificateRequest) async throws -> OrderSearchResult {
        try await perform { authority, _ in
            try authority.chain(reference: request.reference).map { .found(.issued($0)) } ?? .absent
        }
    }
}

extension LocalCAConnector: CertificateRenewing {
    /// A renewal is a certificate like any other; the predecessor stays valid.
    public func renew(_ request: CertificateRequest, predecessor: CAOrder, gate: SubmissionGate) async throws
        -> EnrollmentOutcome
    {
        try await enroll(request, gate: gate)
    }
}

extension LocalCAConnector: CertificateRevoking {
    /// Done when the new CRL lies in the folder; publishing it is a matter of copying the file.
    public func revoke(_ request: RevocationRequest) async throws -> RevocationOutcome {
        let offered = profile.revocationReasons.offered
        guard offered.isEmpty || offered.contains(request.reason) else {
            throw ConnectorError(
                .refused,
                "the CA does not take the reason \(request.reason.name); it takes: "
                    + offered.map(\.name).joined(separator: ", "))
        }
        return try await perform { authority, now in
            try authority.revoke(request.certificate, reason: request.reason, now: now)
            return .revoked
        }
    }
}

extension LocalCAConnector: ProductListing {
    public func products() async throws -> [CAProduct] {
        profile.products.map { facts in
            CAProduct(
                id: facts.id, title: facts.title,
                details: ["purposes": facts.purposes.map(\.rawValue).joined(separator: ", ")])
        }
    }
}

extension LocalCAConnector: CertificateInventory {
    private static let pageSize = 200

    /// - Parameter cursor: the last reference of the page before.
    public func inventory(from cursor: String?) async throws -> InventoryPage {
        try await perform { authority, now in
            let revoked = Set(try authority.issuers.flatMap { try $0.crl().entries.map(\.serialNumber) })
            let references = try authority.references().filter { $0 > (cursor ?? "") }
            let page = references.prefix(Self.pageSize)
            let entries = try page.compactMap { reference in
                try authority.chain(reference: reference)?.first.map { leaf in
                    InventoryEntry(
                        order: CAOrder(leaf),
                        status: revoked.contains(leaf.serialNumber)
                            ? "revoked" : leaf.notAfter < now ? "expired" : "issued",
                        commonName: leaf.subject.commonName ?? leaf.emailAddresses.first,
                        serialNumber: leaf.serialNumber.hex, validTill: leaf.notAfter.ISO8601Format())
                }
            }
            return InventoryPage(entries: entries, next: page.count < references.count ? page.last : nil)
        }
    }
}
