// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing

/// The pages that people see: start, submit form, CA generations, pending list.
struct BrowserPages: Sendable {
    let services: CertificateServices
    let check: AccountCheck

    var routes: [Route] {
        [
            Route("adcs.home", "GET", "/certsrv") { try page($0) { $0.home(CertificateServices.authorityName) } },
            Route("adcs.form", "GET", "/certsrv/certrqxt.asp") {
                try page($0) { $0.submitForm(CertificateTemplate.published) }
            },
            Route("adcs.generations", "GET", "/certsrv/certcarc.asp") { call in
                try page(call) { $0.authorityGenerations(newest: CertificateServices.newestGeneration) }
            },
            Route("adcs.pendingList", "GET", "/certsrv/certckpn.asp") { call in
                try page(call) { $0.pendingList(Self.requests(inCookieOf: call.request)) }
            },
        ]
    }

    private func page(_ call: Call, _ make: (Pages) -> Reply) throws -> Reply {
        _ = try check.account(of: call.request, in: services.domain, services.server.switches)
        return make(services.pages)
    }

    /// `Requests=[<id>,0,yes,<type and date>]…`: the browser knows what it submitted, the server does not.
    private static func requests(inCookieOf request: ServerRequest) -> [Int] {
        let cookie = request.header("Cookie").map { FormFields.decode($0) } ?? ""
        return cookie.split(separator: "[").dropFirst().compactMap {
            $0.split(separator: ",").first.flatMap { Int($0) }
        }
    }
}
