// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import JSONDocuments

/// One thing that happened to an order. Events are only ever added.
public struct OrderEvent: Sendable, Hashable {
    /// In the data of `held`: the certificate that came leads to none of the roots that were accepted then.
    public static let leadsToNoAcceptedRoot = "leadsToNoAcceptedRoot"

    public let orderID: Int64
    /// From 1, without gaps.
    public let sequence: Int
    public let at: Date
    /// The stage after the event.
    public let stage: OrderStage
    /// One word, such as `submitted`.
    public let kind: String
    /// One sentence for people.
    public let message: String
    public let data: JSONValue
    /// Name of the node that wrote it; nil for what a person did by a command, and for what an older version wrote.
    public let node: String?
    /// The fence of the claim under which it was written; nil for what was written by somebody who had not claimed the order.
    public let fence: Int64?
}
