// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How many orders of a template are in a stage.
public struct OrderCount: Sendable, Hashable {
    struct Key: Hashable {
        var template: String
        var stage: OrderStage
    }

    public let template: String
    public let stage: OrderStage
    /// Nil for all together.
    public let backendCA: String?
    /// All of them, the held ones too.
    public let count: Int
    public let held: Int
}
