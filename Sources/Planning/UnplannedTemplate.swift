// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MicrosoftGraph

/// A template that could not be looked at: what it is to order or to end is not known, and not nothing.
public struct UnplannedTemplate: Sendable {
    public let template: String
    public let reason: String
    /// Whether the tenant is why, and not what the template says.
    public let isOfTenant: Bool
    /// Whether it goes away by itself.
    public let isPassing: Bool

    init(_ template: String, _ error: any Error) {
        let kind = (error as? GraphError)?.kind
        self.template = template
        reason = "\(error)"
        isOfTenant = kind != nil
        isPassing = kind == .transient || kind == .throttled
    }

    init(_ template: String, reason: String) {
        (self.template, self.reason, isOfTenant, isPassing) = (template, reason, false, false)
    }
}
