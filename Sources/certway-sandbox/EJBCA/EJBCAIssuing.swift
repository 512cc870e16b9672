// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// Issues for end entities, with the approvals that may stand before it (wire/soap.md section 5).
struct EJBCAIssuing: Sendable {
    let book: OrderBook
    let users: EJBCAUsers

    /// Adds or edits the user and issues; what waits for an approval can be asked for again after it.
    func issue(_ user: EJBCAUser, _ key: EJBCAKey) throws -> SandboxOrder {
        let same = book.orders.last { $0.application.reference == user.name && $0.application.publicKey == key.key }
        if let same, !book.switches.disobeys(.duplicateOrders) {
            switch same.status {
            case .pending:
                // A look at it counts as a poll; the second request with the same content is refused, it waits already.
                _ = book.poll(same.id)
                throw EJBCAFault.approval("An identical approval request \(same.id) already waits.")
            case .issued where users.collects(same.id): return same
            case .rejected: throw EJBCAFault.denied(same.reason ?? "The approval request was rejected.")
            default: break
            }
        }
        var application = Application(product: user.product, publicKey: key.key, csr: key.csr)
        application.subject = user.subject
        application.emails = user.emails
        application.userPrincipalName = user.userPrincipalName
        application.otherNames = user.otherNames
        application.notBefore = user.notBefore
        application.notAfter = user.notAfter
        application.reference = user.name
        let order: SandboxOrder
        do {
            order = try book.place(application)
        } catch {
            throw Self.fault(error)
        }
        users.set(user)
        guard order.certificate != nil else {
            if order.status == .rejected { throw EJBCAFault.general("CERT_COULD_NOT_BE_GENERATED", order.reason ?? "") }
            users.wait(for: order.id)
            throw EJBCAFault.waiting(approvalID: Int(order.id) ?? 0)
        }
        users.setStatus(40, of: user.name)
        return order
    }

    /// Orders of a user that have a certificate; asking lets those go on that wait.
    func orders(of name: String, onlyValid: Bool) -> [SandboxOrder] {
        var own = book.orders.filter { $0.application.reference == name }
        if own.isEmpty, book.switches.disobeys(.unknownOrderIsIssued) { own = book.orders.suffix(1) }
        return own.compactMap { $0.status == .pending ? book.poll($0.id) : $0 }.filter { order in
            order.certificate != nil && (!onlyValid || order.status == .issued)
        }
    }

    private static func fault(_ refusal: ApplicationRefusal) -> SOAPFault {
        switch refusal.kind {
        case .badSignature: EJBCAFault.general("INVALID_KEY", "POPO verification failed: \(refusal.message)")
        case .keyNotAllowed: EJBCAFault.general("INVALID_KEY_SPEC", refusal.message)
        case .keyReused:
            EJBCAFault.general(
                "CERTIFICATE_FOR_THIS_KEY_ALLREADY_EXISTS_FOR_ANOTHER_USER",
                "User is not allowed to use same key as another certificate.")
        default: EJBCAFault.profile(refusal.message)
        }
    }
}
