// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// How a request is, for whoever may know it.
struct RequestStatus: Sendable {
    /// What a download gets.
    enum Outcome {
        case issued(SandboxOrder, Certificate)
        case page(Reply)
    }

    let services: CertificateServices

    /// For `certnew.cer` and `certnew.p7b`: asking lets a waiting request go on.
    func outcome(of id: Int, for account: WindowsAccount) -> Outcome {
        let pages = services.pages
        if let denied = services.database.denied(id) {
            guard mayRead(denied.requester, account) else { return .page(accessDenied) }
            return .page(pages.retrieveError(denied.message, denied.code))
        }
        guard let order = services.book.poll(String(id)) else {
            return .page(pages.retrieveError(pages.language.propertyEmpty, .propertyEmpty))
        }
        guard mayRead(order.application.requester, account) else { return .page(accessDenied) }
        if let certificate = order.certificate { return .issued(order, certificate) }
        switch order.status {
        case .rejected: return .page(pages.retrieveError(denial(order), .deniedByOfficer))
        default: return .page(pages.retrieveError(pages.language.underSubmission, .success))
        }
    }

    /// For `certfnsh.asp` with `Mode=chkpnd`.
    func page(of id: Int, for account: WindowsAccount) -> Reply {
        switch outcome(of: id, for: account) {
        case .page(let reply):
            guard let order = services.book.order(id: String(id)), mayRead(order.application.requester, account) else {
                return reply
            }
            return page(of: order, isRepeated: true)
        case .issued(let order, _): return page(of: order, isRepeated: true)
        }
    }

    /// The page after submitting, or asking for, a request.
    func page(of order: SandboxOrder, isRepeated: Bool) -> Reply {
        let id = Int(order.id) ?? 0
        if order.certificate != nil {
            return services.pages.issued(id, newestGeneration: CertificateServices.newestGeneration)
        }
        if order.status == .rejected { return services.pages.denied(id, denial(order)) }
        return services.pages.pending(id, isRepeated: isRepeated)
    }

    private func denial(_ order: SandboxOrder) -> String {
        let by = "\(services.pages.language.deniedBy) \(WindowsDomain.netBIOSName)\\officer"
        return order.reason.map { "\(by): \($0)" } ?? by
    }

    private func mayRead(_ requester: String?, _ account: WindowsAccount) -> Bool {
        account.isOfficer || requester == nil || requester == account.name
    }

    private var accessDenied: Reply { services.pages.retrieveError("", .accessDenied) }
}
