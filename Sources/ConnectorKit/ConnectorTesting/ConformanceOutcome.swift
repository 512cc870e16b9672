// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a run of the suite came to.
public struct ConformanceOutcome: Sendable {
    public let results: [ConformanceResult]
    /// Orders placed at the CA.
    public let ordersPlaced: Int
    /// What became of them afterwards, in one sentence.
    public let cleaning: String

    public init(results: [ConformanceResult], ordersPlaced: Int, cleaning: String) {
        self.results = results
        self.ordersPlaced = ordersPlaced
        self.cleaning = cleaning
    }

    /// Nothing failed. What was skipped is not proven all the same.
    public var isGreen: Bool { !results.contains { $0.verdict.isFailure } }
}
