// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A key of the account and what it may do (wire/digicert-certcentral.md section 1).
struct APIKey: Sendable {
    let text: String
    var mayWrite = true
    /// Only admin-level keys can skip the approval step.
    var maySkipApproval = true
}
