// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Whether an order that was planned some time ago may still leave for the CA. Reasons are one sentence.
public enum EligibilityVerdict: Sendable, Hashable {
    case fits
    /// The person is not to have this certificate any more.
    case withdraw(String)
    /// The person is to have one, but another than was planned.
    case changed(String)
}
