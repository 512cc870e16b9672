// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Why the policy module does not issue.
struct PolicyDenial: Error, Sendable {
    let code: StatusCode
    /// What follows the code on the page.
    let text: String

    init(_ code: StatusCode, _ text: String? = nil) {
        self.code = code
        self.text = text ?? code.sentence
    }

    static func unpublished(_ template: String) -> PolicyDenial {
        PolicyDenial(
            .templateNotPublished,
            "The request was for a certificate template that is not supported by the Active Directory Certificate Services "
                + "policy: \(template).")
    }
}
