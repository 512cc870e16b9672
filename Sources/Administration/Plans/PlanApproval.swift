// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Planning

/// A consent to new orders, and what it leaves out.
public struct PlanApproval: Sendable {
    public let consent: OrderConsent
    /// Orders that came into the plan after it was shown, or have changed since: they are not covered.
    public let notShown: Int
}
