// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing

/// The parameters of the URL: account, product and validity (wire/cmc.md section 11).
struct AccountQuery: Sendable {
    static let account = "sandbox.ra"

    let request: ServerRequest

    func checkAccount() throws(CMCRefusal) {
        guard request.query("account") == Self.account else { throw CMCRefusal(.badRequest, "unknown account") }
    }

    var product: SwissSignProduct {
        get throws(CMCRefusal) {
            guard let product = request.query("product").flatMap(SwissSignProduct.named) else {
                throw CMCRefusal(.badRequest, "unknown product")
            }
            return product
        }
    }

    /// `1y` to `3y`; one year when it is not said.
    var days: Int {
        get throws(CMCRefusal) {
            guard let text = request.query("validity") else { return 365 }
            guard text.last == "y", let years = Int(text.dropLast()), (1...3).contains(years) else {
                throw CMCRefusal(.badRequest, "validity must be 1y to 3y")
            }
            return years * 365
        }
    }
}
