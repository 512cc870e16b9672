// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX

/// `certfnsh.asp`: takes requests and says how they are (wire/adcs-http.md sections 3 to 5).
struct SubmitPage: Sendable {
    let services: CertificateServices
    let check: AccountCheck

    var routes: [Route] {
        [
            Route("adcs.submit", "POST", "/certsrv/certfnsh.asp", subject: Self.subject) { try answer($0) }
        ]
    }

    /// The request itself says whom it is about, whatever order requests come in.
    private static func subject(_ call: Call) -> String { DigestAlgorithm.sha256.digest(call.request.body).description }

    private func answer(_ call: Call) throws -> Reply {
        let account = try check.account(of: call.request, in: services.domain, services.server.switches)
        let pages = services.pages
        if services.settings.isServiceDown { return pages.retrieveError("", .serverUnavailable) }
        let form = FormFields(call.request.body)
        switch form["Mode"]?.lowercased() {
        case "newreq": return submit(form, account)
        case "chkpnd":
            guard let id = form["ReqID"].flatMap(Int.init) else {
                return pages.retrieveError(pages.language.propertyEmpty, .propertyEmpty)
            }
            return RequestStatus(services: services).page(of: id, for: account)
        default: return pages.unreadable()
        }
    }

    private func submit(_ form: FormFields, _ account: WindowsAccount) -> Reply {
        let pages = services.pages
        guard let request = form["CertRequest"].flatMap(SubmittedRequest.init) else { return pages.unreadable() }
        let policy = PolicyModule(
            domain: services.domain, authority: services.server.authority,
            honoursNameAttribute: services.settings.honoursNameAttribute, now: services.book.clock.now)
        do {
            let application = try policy.decide(request, RequestAttributes(form["CertAttrib"] ?? ""), by: account)
            let order = try place(application)
            return RequestStatus(services: services).page(of: order, isRepeated: false)
        } catch {
            let message = "\(pages.language.deniedByPolicy) \(error.code.hex), \(error.text) "
            let id = services.database.add(
                .init(requester: account.name, message: message, code: error.code))
            return pages.denied(id, message)
        }
    }

    private func place(_ application: Application) throws(PolicyDenial) -> SandboxOrder {
        do {
            return try services.book.place(application)
        } catch {
            switch error.kind {
            case .keyNotAllowed: throw PolicyDenial(.keyLength)
            default: throw PolicyDenial(.badSubject)
            }
        }
    }
}
