// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments
public import Settings

/// What an administrator asks for who takes a template to another CA or product.
public struct CASwitchRequest: Sendable {
    public var template: String
    /// Name of the backend CA to go to.
    public var backendCA: String
    /// nil where the CA has the same product, or one that fits alone.
    public var product: String?
    /// Further members of the template that change with it; null for one that goes.
    public var members: [String: JSONValue]
    public var pace: CASwitch.Pace
    /// When it begins; nil for at once.
    public var from: Date?
    /// For how many days former certificates go on beside the new one before they are revoked; nil for what the template says.
    public var overlapDays: Int?
    /// Whether neither CA is asked what it offers.
    public var isOffline: Bool
    /// The consent that half of the people with a certificate, or more, cannot get one of the new product.
    public var acceptsRefusals: Bool

    public init(
        template: String, backendCA: String, product: String? = nil, members: [String: JSONValue] = [:],
        pace: CASwitch.Pace = .renewal, from: Date? = nil, overlapDays: Int? = nil, isOffline: Bool = false,
        acceptsRefusals: Bool = false
    ) {
        self.template = template
        self.backendCA = backendCA
        self.product = product
        self.members = members
        self.pace = pace
        self.from = from
        self.overlapDays = overlapDays
        self.isOffline = isOffline
        self.acceptsRefusals = acceptsRefusals
    }
}
